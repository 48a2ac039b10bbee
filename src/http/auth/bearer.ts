import { errors, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../caller.ts';
import { problem, type Problem } from '../problem.ts';
import { ROLE_WORDS, roleOf } from './roles.ts';
import { secretKey, type TokenSettings } from './tokens.ts';

const SKEW_SECONDS = 60;
const LONGEST = 8192;
const LONGEST_CLAIM = 255;

/** Verifies a token's signature and times and answers its claims. A JWKS will be a second one of these. */
export type VerifyToken = (token: string) => Promise<JWTPayload>;

/** HS256 alone: neither `none` nor an asymmetric algorithm can be talked into this key. */
export const verifyWithSecret = ({ secret, issuer, audience }: TokenSettings): VerifyToken => {
  const key = secretKey(secret);
  const options = {
    algorithms: ['HS256'],
    clockTolerance: SKEW_SECONDS,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
  return async (token) => (await jwtVerify(token, key, options)).payload;
};

const refuse = (detail: string): Problem =>
  problem('auth.invalid_token', detail, {
    headers: { 'WWW-Authenticate': 'Bearer realm="waybill", error="invalid_token"' },
  });

const reasonOf = (error: unknown): Problem => {
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
/** Longest memory of a token, in milliseconds; also of one that never expires. */
const UNLIMITED = 3_600_000;

/** Answers who bears a token. Verified tokens are remembered, never refused ones. */
export const createBearer = (verify: VerifyToken): ((token: string) => Caller | Promise<Caller>) => {
  const known = new LRUCache<string, Caller>({ max: REMEMBERED, ttlResolution: 0 });

  const check = async (token: string): Promise<Caller> => {
    if (token.length > LONGEST) throw refuse(`The token is longer than ${LONGEST} characters.`);
    const claims = await verify(token).catch((error: unknown): never => {
      throw reasonOf(error);
    });
    const caller = toCaller(claims);
    const left = claims.exp === undefined ? UNLIMITED : (claims.exp + SKEW_SECONDS) * 1000 - Date.now();
    if (left >= 1) known.set(token, caller, { ttl: Math.min(Math.floor(left), UNLIMITED) });
    return caller;
  };

  return (token) => known.get(token) ?? check(token);
};
