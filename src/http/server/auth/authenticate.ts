import type { IncomingHttpHeaders } from 'node:http';
import type { Trace } from '../../../platform/trace.ts';
import type { Caller } from '../caller.ts';
import { problem } from '../problem.ts';
import { createApiKeyCheck, type FindApiKey } from './api-key.ts';
import { createBearer, type Bearer } from './bearer.ts';
import { createIntrospection, INTROSPECTION_MEMORY_MS } from './introspection.ts';
import type { TokenTrust } from './tokens.ts';
import { createVerifyToken } from './verify-token.ts';

/** Says who calls, or throws a 401. */
export type Authenticate = (headers: IncomingHttpHeaders, trace?: Trace) => Caller | Promise<Caller>;

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="waybill"' };
const BEARER = /^bearer +(\S+)$/i;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * AUTH_MODE=off: everyone is an admin. For play on a machine of one's own, where a browser may have a foreign page open: it
 * can reach this server under its own name (DNS rebinding shows in `Host`) or from its own origin, and may do neither.
 */
const everyoneIsAdmin =
  (origins: readonly string[]): Authenticate =>
  ({ host, origin }) => {
    const isOwnHost = host === undefined || LOOPBACK.test(host);
    const isOwnOrigin = origin === undefined || origin === `http://${host}` || origins.includes(origin);
    if (isOwnHost && isOwnOrigin) return EVERYONE;
    const detail = isOwnHost
      ? 'With AUTH_MODE=off, pages of other origins may not call the API. Add the origin to CORS_ORIGINS.'
      : 'With AUTH_MODE=off, the Host must be localhost or a loopback address.';
    throw problem('auth.forbidden', detail);
  };
const EVERYONE: Caller = { id: 'admin', role: 'admin', email: null, name: null };

const bearerOf = (trust: TokenTrust): Bearer => {
  const { secret, jwksUrl, validateToken } = trust;
  const verify = createVerifyToken(trust);
  if (validateToken === undefined) return createBearer(verify);
  const hasKeys = secret !== undefined || jwksUrl !== undefined;
  return createBearer(createIntrospection(validateToken, hasKeys ? verify : undefined), INTROSPECTION_MEMORY_MS);
};

export type Credentials = {
  readonly findApiKey?: FindApiKey;
  /** Whose pages may call without credentials where there are none. */
  readonly origins?: readonly string[];
};

/** `Authorization` goes before `X-API-Key` where both come. */
export const createAuthenticate = (
  mode: 'jwt' | 'off',
  trust: TokenTrust,
  { findApiKey, origins = [] }: Credentials = {},
): Authenticate => {
  if (mode === 'off') return everyoneIsAdmin(origins);
  const bearer = bearerOf(trust);
  const service = findApiKey === undefined ? undefined : createApiKeyCheck(findApiKey);
  return ({ authorization, 'x-api-key': key }, trace) => {
    const token = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
    if (token !== undefined) return bearer(token, trace);
    if (authorization === undefined && typeof key === 'string' && service !== undefined) return service(key);
    const detail = 'Send a token with the request: Authorization: Bearer <token>. Services send X-API-Key instead.';
    throw problem('auth.missing_credentials', detail, { headers: CHALLENGE });
  };
};
