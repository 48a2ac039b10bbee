import { errors, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../caller.ts';
import { problem, type Problem } from '../problem.ts';
import { ROLE_WORDS, roleOf } from './roles.ts';
import { KeysUnavailable, SKEW_SECONDS, type VerifyToken } from './verify-token.ts';

const LONGEST = 8192;
const LONGEST_CLAIM = 255;

const refuse = (detail: string): Problem =>
  problem('auth.invalid_token', detail, {
    headers: { 'WWW-Authenticate': 'Bearer realm="waybill", error="invalid_token"' },
  });

const unavailable = (): Problem =>
  problem('service.unavailable', 'The keys that tokens are verified with cannot be had. Repeat the request.', {
    headers: { 'Retry-After': '5' },
  });

const reasonOf = (error: unknown): Problem => {
  if (error instanceof KeysUnavailable) return unavailable();
  if (error instanceof errors.JWTExpired) return refuse('The token has expired. Get a new one.');
  if (error instanceof errors.JWTClaimValidationFailed)
    return refuse(`The token's claim "${error.claim}" is not accepted.`);
  if (error instanceof errors.JOSEError) return refuse('The token is malformed, or not signed with the key we trust.');
  throw error;
};

const textClaim = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_CLAIM && isPlain(value) ? value : null;

const isPlain = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const toCaller = ({ sub, role, email, name }: JWTPayload): Caller => {
  const id = textClaim(sub);
  if (id === null) throw refuse('The token has no subject ("sub"), so we cannot tell who you are.');
  const known = roleOf(role);
  if (known === undefined) throw refuse(`The token's "role" must be one of ${ROLE_WORDS.join(', ')}.`);
  return { id, role: known, email: textClaim(email), name: textClaim(name) };
};

/** A verified token is good until it expires; verifying it again costs more than most of what it asks for. */
const REMEMBERED = 10_000;
/** Longest memory of a token, in milliseconds: so long it outlives a key that its issuer has withdrawn. */
const LONGEST_MEMORY = 300_000;

/** Answers who bears a token. Verified tokens are remembered, never refused ones. */
export const createBearer = (verify: VerifyToken): ((token: string) => Caller | Promise<Caller>) => {
  const known = new LRUCache<string, Caller>({ max: REMEMBERED, ttlResolution: 0 });

  const check = async (token: string): Promise<Caller> => {
    if (token.length > LONGEST) throw refuse(`The token is longer than ${LONGEST} characters.`);
    const claims = await verify(token).catch((error: unknown): never => {
      throw reasonOf(error);
    });
    const caller = toCaller(claims);
    const left = claims.exp === undefined ? LONGEST_MEMORY : (claims.exp + SKEW_SECONDS) * 1000 - Date.now();
    if (left >= 1) known.set(token, caller, { ttl: Math.min(Math.floor(left), LONGEST_MEMORY) });
    return caller;
  };

  return (token) => known.get(token) ?? check(token);
};
