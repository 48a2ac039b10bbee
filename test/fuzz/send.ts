import { SignJWT } from 'jose';
import { SCOPES } from '../../src/http/server/scopes.ts';
import { secretKey } from '../../src/http/server/auth/tokens.ts';
import { createApiKey } from '../../src/platform/api-keys.ts';
import { ADMIN, AUDITOR, COURIER, OTHER, SECRET, type TestApi } from '../support/api.ts';
import type { FuzzAnswer } from './faults.ts';
import { PLANTED } from './planted.ts';
import type { CallerName, FuzzRequest, Spelling } from './requests.ts';

type Headers = Readonly<Record<string, string>>;

export type Credentials = Readonly<Record<CallerName, Headers>>;

/** Of an admin, signed as it should be, until no time that there is. */
const endlessToken = (): Promise<string> =>
  new SignJWT({ role: 'admin', sub: 'admin-1', exp: 1e300 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(secretKey(SECRET));

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
    endless_token: { authorization: `Bearer ${await endlessToken()}` },
    bad_key: { 'x-api-key': `${key}x` },
  };
};

const spelt = (template: string, spelling: Spelling): string => {
  if (spelling === 'with a slash at its end') return `${template}/`;
  if (spelling === 'as documented') return template;
  const steps = template.split('/').map((step) => (step.startsWith('{') ? step : step.toUpperCase()));
  return steps.join('/');
};

export const addressOf = ({ operation, params, query, spelling }: FuzzRequest): string => {
  const path = spelt(operation.template, spelling).replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
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
  if (type.startsWith('text/csv')) return text;
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
