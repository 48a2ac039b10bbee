import { randomBytes } from 'node:crypto';
import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Trace } from '../../platform/trace.ts';
import { ServiceUnavailable } from './merchant-service.ts';
import { fetchConfigured } from '../../platform/outgoing-fetch.ts';
import type { ServiceRequest, ServiceAnswer, ServiceOptions } from './service.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;

/** The same trace, one step further. */
const traceHeaders = ({ request_id, trace_id }: Trace): Record<string, string> => ({
  'x-request-id': request_id,
  ...(trace_id !== undefined && { traceparent: `00-${trace_id}-${randomBytes(8).toString('hex')}-01` }),
});

const headersOf = (
  { apiKey, bearer: own }: ServiceOptions,
  { body, idempotencyKey, trace, bearer = own }: ServiceRequest<TSchema>,
) => ({
  accept: 'application/json',
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
  ...(apiKey !== undefined && { 'x-api-key': apiKey }),
  ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  ...(trace !== undefined && traceHeaders(trace)),
});

/** The whole answer, so that its connection can be used again; one without an end is cut. */
const textOf = async ({ body }: Response): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parse = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

const isOutage = (status: number): boolean => status >= 500 || status === 408 || status === 429 || status < 200;

/** One attempt: what is no answer, or not the answer of such a service, counts as none. */
export const exchange = async <T extends TSchema>(
  options: ServiceOptions,
  url: string,
  ask: ServiceRequest<T>,
): Promise<ServiceAnswer<Static<T>>> => {
  const { name, timeoutMs = 3_000 } = options;
  const send = async () => {
    try {
      const response = await fetchConfigured(url, {
        method: ask.method,
        headers: headersOf(options, ask),
        ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, text: await textOf(response) };
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      throw new ServiceUnavailable(name, isLate ? 'does not answer in time' : 'cannot be reached', { cause: error });
    }
  };
  const { status, text } = await send();
  if (isOutage(status)) throw new ServiceUnavailable(name, `answered ${status}`);
  if (status >= 300) return { ok: false, status };
  if (ask.answer === undefined) return { ok: true, body: undefined };
  const body = parse(text);
  if (!Value.Check(ask.answer, body)) throw new ServiceUnavailable(name, 'answered something unreadable');
  return { ok: true, body };
};
