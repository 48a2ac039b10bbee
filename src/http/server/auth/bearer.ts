import { errors, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../caller.ts';
import type { Trace } from '../../../platform/trace.ts';
import { isEmail } from '../../../domain/shared/email-address.ts';
import { hasUnseen } from '../../../domain/shared/visible-text.ts';
import { isWellFormedText } from '../../../platform/well-formed.ts';
import { ServiceUnavailable } from '../../../gateways/http/index.ts';
import { problem, type Problem } from '../problem.ts';
import { TokenRejected } from './introspection.ts';
import { ROLE_WORDS, roleOf } from './roles.ts';
import type { VerifyToken } from './tokens.ts';
import { KeysUnavailable, SKEW_SECONDS } from './verify-token.ts';

const LONGEST = 8192;
const LONGEST_CLAIM = 255;

const rejectedToken = (detail: string): Problem =>
  problem('auth.invalid_token', detail, {
    headers: { 'WWW-Authenticate': 'Bearer realm="waybill", error="invalid_token"' },
  });

const unavailable = (what: string): Problem =>
  problem('service.unavailable', `${what} Repeat the request.`, { headers: { 'Retry-After': '5' } });

const reasonOf = (error: unknown): Problem => {
  if (error instanceof KeysUnavailable) return unavailable('The keys that verify tokens cannot be loaded.');
  if (error instanceof ServiceUnavailable)
    return unavailable('The auth service cannot be reached or gave an invalid answer.');
  if (error instanceof TokenRejected)
    return rejectedToken('The auth service does not accept the token. Get a new one.');
  if (error instanceof errors.JWTExpired) return rejectedToken('The token has expired. Get a new one.');
  if (error instanceof errors.JWTClaimValidationFailed && error.reason === 'missing')
    return rejectedToken(`The token has no claim "${error.claim}".`);
  if (error instanceof errors.JWTClaimValidationFailed)
    return rejectedToken(`The token's claim "${error.claim}" is not accepted.`);
  if (error instanceof errors.JOSEError)
    return rejectedToken('The token is malformed, or not signed with a trusted key.');
  throw error;
};

const textClaim = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_CLAIM && isWellFormedText(value) ? value : null;

/** What a body may not name as an address, a token may not bring into an order either. */
const emailClaim = (value: unknown): string | null => {
  const text = textClaim(value);
  return text !== null && isEmail(text) ? text : null;
};

/** 31 December 9999: what lies behind it is no time, and nothing that is kept could say when it ends. */
const LATEST_EXPIRY = 253_402_300_799;

const toCaller = ({ sub, role, email, name, exp }: JWTPayload): Caller => {
  const id = textClaim(sub);
  if (id === null) throw rejectedToken('The token has no subject ("sub").');
  if (hasUnseen(id)) {
    throw rejectedToken('The token\'s subject ("sub") has spaces around it or invisible characters.');
  }
  const known = roleOf(role);
  if (known === undefined) throw rejectedToken(`The token's "role" must be one of ${ROLE_WORDS.join(', ')}.`);
  if (exp !== undefined && exp > LATEST_EXPIRY) throw rejectedToken('The token\'s claim "exp" is not accepted.');
  const expires_at = exp === undefined ? {} : { expires_at: exp * 1000 };
  return { id, role: known, email: emailClaim(email), name: textClaim(name), ...expires_at };
};

/** A verified token is good until it expires; verifying it again costs more than most of what it asks for. */
const REMEMBERED = 10_000;
/** Longest memory of a token, in milliseconds: so long it outlives a key that its issuer has withdrawn. */
const LONGEST_MEMORY = 300_000;

export type Bearer = (token: string, trace?: Trace) => Caller | Promise<Caller>;

/**
 * Answers who bears a token. Verified tokens are remembered, at most `memoryMs` milliseconds, never rejected ones; those
 * who come with the same one at the same moment wait together.
 */
export const createBearer = (verify: VerifyToken, memoryMs = LONGEST_MEMORY): Bearer => {
  const known = new LRUCache<string, Caller>({ max: REMEMBERED, ttlResolution: 0 });

  const pending = new Map<string, Promise<Caller>>();

  const check = async (token: string, trace?: Trace): Promise<Caller> => {
    if (token.length > LONGEST) throw rejectedToken(`The token is longer than ${LONGEST} characters.`);
    const claims = await verify(token, trace).catch((error: unknown): never => {
      throw reasonOf(error);
    });
    const caller = toCaller(claims);
    const left = claims.exp === undefined ? memoryMs : (claims.exp + SKEW_SECONDS) * 1000 - Date.now();
    if (left >= 1) known.set(token, caller, { ttl: Math.min(Math.floor(left), memoryMs) });
    return caller;
  };

  const checkTogether = (token: string, trace?: Trace): Promise<Caller> => {
    const checking = pending.get(token) ?? check(token, trace).finally(() => pending.delete(token));
    pending.set(token, checking);
    return checking;
  };

  return (token, trace) => known.get(token) ?? checkTogether(token, trace);
};
