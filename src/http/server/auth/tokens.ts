import { SignJWT, type JWTPayload } from 'jose';
import type { Trace } from '../../../platform/trace.ts';
import type { CallerRole } from '../caller.ts';

/** Signs and verifies tokens with one shared secret. */
export type TokenSettings = {
  /** HS256 secret, at least 32 bytes. */
  readonly secret: string;
  /** Checked when set. */
  readonly issuer?: string | undefined;
  /** Checked when set. */
  readonly audience?: string | undefined;
};

/** How the keys behind `JWT_JWKS_URL` are kept, in milliseconds. */
export type JwksRetry = {
  /** How long keys are believed without being asked for again. Default 5 minutes. */
  readonly cacheMs?: number;
  /** An unknown key id makes us ask again, at most this often. Default 5 seconds. */
  readonly cooldownMs?: number;
  /** Default 3 seconds. */
  readonly timeoutMs?: number;
};

/** Verifies a token's signature, times, issuer and audience, and answers its claims. */
export type VerifyToken = (token: string, trace?: Trace) => Promise<JWTPayload>;

/** The owner of a token, according to an auth service. */
export type TokenOwner = {
  readonly id: string;
  /** As the service spells it. */
  readonly role: string;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
};

/**
 * Asks an auth service whose a token is; undefined: it does not accept it.
 * @throws `ServiceUnavailable` where no answer that can be believed came
 */
export type ValidateToken = (token: string, trace?: Trace) => Promise<TokenOwner | undefined>;

/** The trusted issuers of tokens: at least one of them. */
export type TokenTrust = Pick<TokenSettings, 'issuer' | 'audience'> & {
  /** HS256 secret, at least 32 bytes. */
  readonly secret?: string | undefined;
  /** The secret before it: tokens that it signed are good until they expire. */
  readonly previousSecret?: string | undefined;
  /** Where an issuer publishes its public keys (RS256, ES256, EdDSA). */
  readonly jwksUrl?: string | undefined;
  readonly jwksRetry?: JwksRetry;
  /** Asks an auth service, which has the last word on what passes the keys, or the only one where there are none. */
  readonly validateToken?: ValidateToken | undefined;
};

export type TokenRequest = {
  readonly role: CallerRole;
  /** Default: the role's name. */
  readonly sub?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  /** E.g. `12h`, `30m`. Default 12h. */
  readonly expires?: string | undefined;
};

/** Key bytes of a shared secret. */
export const secretKey = (secret: string): Uint8Array => new TextEncoder().encode(secret);

/** Makes a token, for the command line and tests: people get theirs from the shop's own login. */
export const mintToken = (
  { secret, issuer, audience }: TokenSettings,
  { role, sub = role, email, name, expires = '12h' }: TokenRequest,
): Promise<string> => {
  const token = new SignJWT({ role, ...(email !== undefined && { email }), ...(name !== undefined && { name }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(expires);
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  return token.sign(secretKey(secret));
};
