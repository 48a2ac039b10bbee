import { randomBytes } from 'node:crypto';
import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { fetchConfigured } from '../../platform/outgoing-fetch.ts';
import type { Trace } from '../../platform/trace.ts';
import { wellFormed } from '../../platform/well-formed.ts';
import { ServiceRejected, ServiceUnavailable } from './merchant-service.ts';
import { createRetry, type RetryOptions } from './retry-schedule.ts';

export type ServiceOptions = RetryOptions & {
  /** Name in messages, such as `cart` or `product`. */
  readonly name: string;
  /** Base URL; a path in it is kept. */
  readonly url: string;
  /** How long one attempt may take, in milliseconds. Default 3000. */
  readonly timeoutMs?: number;
  /** Sent as `X-API-Key`. */
  readonly apiKey?: string | undefined;
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string | undefined;
};

export type ServiceRequest<T extends TSchema> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parts of the path below the base; each is encoded. */
  readonly path: readonly string[];
  /** Sent as JSON. */
  readonly body?: object;
  /** Makes a write safe to repeat: the service carries it out once for each key. */
  readonly idempotencyKey?: string;
  /** Whether the request changes nothing and may be repeated. Default: true for GET. */
  readonly isReadOnly?: boolean;
  /** Sent as `Authorization: Bearer` in place of the service's own. */
  readonly bearer?: string;
  readonly trace?: Trace;
  /** Schema of a 2xx answer; further properties are ignored. Undefined: the body is ignored. */
  readonly answer?: T;
};

/** The body of a 2xx answer, or the status of a rejection. */
export type ServiceAnswer<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly status: number };

/**
 * One of the merchant's services over HTTP. Requests that are safe to repeat (a GET, or a write with a key) are retried.
 * After repeated failures no request is sent for a while; then one request tests the service.
 * @throws `ServiceUnavailable`: unreachable, too slow, 5xx, 408, 429, an incomplete answer, or one of the wrong shape
 */
export type HttpService = {
  readonly name: string;
  readonly ask: <T extends TSchema>(ask: ServiceRequest<T>) => Promise<ServiceAnswer<Static<T>>>;
};

const MAX_ANSWER_BYTES = 1024 * 1024;

/** The trace headers of the outgoing call, with a new span. */
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

/** Reads the whole answer, so that its connection can be reused; undefined if it is too long. */
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
    return wellFormed<unknown>(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
};

const isOutage = (status: number): boolean => status >= 500 || status === 408 || status === 429 || status < 200;

/** One attempt. An unreadable answer counts as no answer. */
const exchange = async <T extends TSchema>(
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
  if (!Value.Check(ask.answer, body)) throw new ServiceUnavailable(name, 'gave an unreadable answer');
  return { ok: true, body };
};

/** A URL drops these parts, encoded or not: the path would then point elsewhere. */
const isNameable = (part: string): boolean => part !== '' && part !== '.' && part !== '..' && part.isWellFormed();

const isSafe = ({
  method,
  isReadOnly: changesNothing = method === 'GET',
  idempotencyKey,
}: ServiceRequest<TSchema>): boolean => changesNothing || idempotencyKey !== undefined;

export const createHttpService = (options: ServiceOptions): HttpService => {
  const base = options.url.replace(/(?<!\/)\/+$/, '');
  const retrying = createRetry(options);
  return {
    name: options.name,
    ask: async (ask) => {
      if (!ask.path.every(isNameable)) return { ok: false, status: 404 };
      const url = `${base}/${ask.path.map(encodeURIComponent).join('/')}`;
      return retrying(() => exchange(options, url, ask), { again: isSafe(ask) });
    },
  };
};

/** The body of a 2xx answer. @throws ServiceRejected for any other */
export const expectOk = <T>({ name }: HttpService, answer: ServiceAnswer<T>): T => {
  if (answer.ok) return answer.body;
  throw new ServiceRejected(name, answer.status);
};

/** The text, cut to at most `max` characters; null if it is blank. */
export const clip = (text: string | null | undefined, max: number): string | null =>
  text === undefined || text === null || text.trim() === ''
    ? null
    : text.length <= max
      ? text
      : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
