import type { JWTPayload } from 'jose';
import type { ValidateToken, VerifyToken } from './tokens.ts';

/** The auth service, or a token's own claims, say that it is not to be believed. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';
}

/** A revoked token is rejected after this time at the latest, in milliseconds. */
export const INTROSPECTION_MEMORY_MS = 30_000;

/** RFC 6750: nothing else is a token, and nothing else is sent on. */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * The auth service's answer as claims. Where keys are configured, the token's signature is checked first, and its `sub`
 * must be the id that the service answers. The role is always the service's.
 */
export const createIntrospection =
  (validate: ValidateToken, verify: VerifyToken | undefined): VerifyToken =>
  async (token, trace): Promise<JWTPayload> => {
    if (!TOKEN.test(token)) throw new TokenRejected('no token looks like this');
    const claims = await verify?.(token);
    const owner = await validate(token, trace);
    if (owner === undefined) throw new TokenRejected('the auth service does not accept it');
    if (claims?.sub !== undefined && claims.sub !== owner.id)
      throw new TokenRejected('the auth service knows it under another id');
    const { id, role, email, name } = owner;
    return {
      sub: id,
      role,
      ...(claims?.exp !== undefined && { exp: claims.exp }),
      ...(email !== undefined && { email }),
      ...(name !== undefined && { name }),
    };
  };
