import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../caller.ts';
import { problem } from '../problem.ts';
import { createBearer, verifyWithSecret } from './bearer.ts';
import type { TokenSettings } from './tokens.ts';

/** Says who calls, or throws a 401. */
export type Authenticate = (headers: IncomingHttpHeaders) => Caller | Promise<Caller>;

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="waybill"' };
const BEARER = /^bearer +(\S+)$/i;

/** AUTH_MODE=off: everyone is an admin. For play on a machine of one's own. */
const everyoneIsAdmin: Authenticate = () => EVERYONE;
const EVERYONE: Caller = { id: 'admin', role: 'admin', email: null, name: null };

export const createAuthenticate = (mode: 'jwt' | 'off', tokens: TokenSettings): Authenticate => {
  if (mode === 'off') return everyoneIsAdmin;
  const bearer = createBearer(verifyWithSecret(tokens));
  return ({ authorization }) => {
    const token = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
    if (token !== undefined) return bearer(token);
    const detail = 'Send a token with the request: Authorization: Bearer <token>.';
    throw problem('auth.missing_credentials', detail, { headers: CHALLENGE });
  };
};
