import { SCOPES } from '../../src/http/server/auth/scopes.ts';
import { createApiKey } from '../../src/platform/api-keys.ts';
import { ADMIN, AUDITOR, COURIER, OTHER, type TestApi } from '../support/api.ts';
import type { FuzzAnswer } from './faults.ts';
import { PLANTED } from './planted.ts';
import type { CallerName, FuzzRequest } from './requests.ts';

type Headers = Readonly<Record<string, string>>;

export type Credentials = Readonly<Record<CallerName, Headers>>;

/** What each caller comes with; whose customer it is says something personal. */
export const credentialsIn = async (api: TestApi): Promise<Credentials> => {
  const bearer = async (as: Parameters<TestApi['token']>[0]) => ({ authorization: `Bearer ${await api.token(as)}` });
  const { key } = await createApiKey(api.core.db, { name: 'fuzz', scopes: SCOPES, expires_at: null });
  return {
    admin: await bearer(ADMIN),
    auditor: await bearer(AUDITOR),
    customer: await bearer({ role: 'customer', sub: 'c-1', email: PLANTED.email, name: PLANTED.name }),
    delivery_partner: await bearer(COURIER),
    service: { 'x-api-key': key },
    anonymous: {},
    bad_token: { authorization: `${(await bearer(OTHER)).authorization}x` },
    bad_key: { 'x-api-key': `${key}x` },
  };
};

export const addressOf = ({ operation, params, query }: FuzzRequest): string => {
  const path = operation.template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
  return search === '' ? path : `${path}?${search}`;
};

export const sentBody = ({ body }: FuzzRequest): string | Uint8Array<ArrayBuffer> | undefined =>
  body.is === 'none' ? undefined : body.is === 'json' ? JSON.stringify(body.value) : body.raw;

const typeOf = ({ body }: FuzzRequest): string | undefined =>
  body.is === 'none' ? undefined : body.is === 'json' ? 'application/json' : body.type;

const LONGEST_MS = 10_000;

/** A stream that goes on is only begun. */
const readBody = async (response: Response): Promise<unknown> => {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) return response.body?.cancel();
  const text = await response.text();
  return /^application\/(problem\+)?json/.test(type) && text !== '' ? (JSON.parse(text) as unknown) : undefined;
};

/** Status 0: none came in time. */
export const send = async (
  url: string,
  request: FuzzRequest,
  credentials: Credentials,
): Promise<Omit<FuzzAnswer, 'wrote'>> => {
  try {
    return await exchange(url, request, credentials);
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      return { status: 0, headers: new Headers(), body: undefined };
    throw error;
  }
};

const exchange = async (
  url: string,
  request: FuzzRequest,
  credentials: Credentials,
): Promise<Omit<FuzzAnswer, 'wrote'>> => {
  const [body, type] = [sentBody(request), typeOf(request)];
  const response = await fetch(url + addressOf(request), {
    method: request.operation.method,
    headers: {
      'user-agent': PLANTED.agent,
      cookie: `session=${PLANTED.cookie}`,
      ...credentials[request.caller],
      ...request.headers,
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(LONGEST_MS),
  });
  return { status: response.status, headers: response.headers, body: await readBody(response) };
};
