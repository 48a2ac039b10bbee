import { createRemoteJWKSet, customFetch, decodeProtectedHeader, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { fetchConfigured } from '../../../platform/outgoing-fetch.ts';
import { secretKey, type TokenTrust, type VerifyToken } from './tokens.ts';

/** How far the clocks of an issuer and ours may differ, in seconds. */
export const SKEW_SECONDS = 60;

/** The keys to verify with cannot be read: no caller is let in, and it is not the caller's fault. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

const ASYMMETRIC = ['RS256', 'ES256', 'EdDSA'];

/** A leaked token that never expires could be used forever. */
const optionsOf = ({ issuer, audience }: TokenTrust, algorithms: readonly string[]) => ({
  algorithms: [...algorithms],
  requiredClaims: ['exp'],
  clockTolerance: SKEW_SECONDS,
  ...(issuer !== undefined && { issuer }),
  ...(audience !== undefined && { audience }),
});

/** HS256 alone: neither `none` nor an asymmetric algorithm can be talked into this key. */
const verifyWithSecret = (secret: string, trust: TokenTrust): VerifyToken => {
  const key = secretKey(secret);
  const options = optionsOf(trust, ['HS256']);
  const previous = trust.previousSecret === undefined ? undefined : secretKey(trust.previousSecret);
  return async (token) => {
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (error) {
      if (previous === undefined || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      return (await jwtVerify(token, previous, options)).payload;
    }
  };
};

/** Only these two say something of the token; whatever else fails here says something of the keys. */
const isTokensFault = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;

/** Public keys alone: an HMAC that was made with one of them is no signature here. */
const verifyWithJwks = (url: string, trust: TokenTrust): VerifyToken => {
  const { cacheMs = 300_000, cooldownMs = 5_000, timeoutMs = 3_000 } = trust.jwksRetry ?? {};
  const keys = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: cacheMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: timeoutMs,
    [customFetch]: fetchConfigured,
  });
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (isTokensFault(error)) throw error;
      throw new KeysUnavailable('the keys behind JWT_JWKS_URL cannot be read', { cause: error });
    }
  };
  const options = optionsOf(trust, ASYMMETRIC);
  return async (token) => (await jwtVerify(token, keyOf, options)).payload;
};

const rejectAll: VerifyToken = () => Promise.reject(new errors.JOSEAlgNotAllowed('no key is configured for this'));

const algorithmOf = (token: string): string | undefined => {
  try {
    return decodeProtectedHeader(token).alg;
  } catch (error) {
    throw new errors.JWTInvalid('no header can be read', { cause: error });
  }
};

/** A token's `alg` only chooses between keys that are made for it, each of which accepts its own algorithms only. */
export const createVerifyToken = (trust: TokenTrust): VerifyToken => {
  const withSecret = trust.secret === undefined ? rejectAll : verifyWithSecret(trust.secret, trust);
  const withJwks = trust.jwksUrl === undefined ? rejectAll : verifyWithJwks(trust.jwksUrl, trust);
  return async (token) => (ASYMMETRIC.includes(algorithmOf(token) ?? '') ? withJwks : withSecret)(token);
};
