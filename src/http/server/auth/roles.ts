import type { CallerRole } from '../caller.ts';

const BY_CLAIM: ReadonlyMap<string, CallerRole> = new Map([
  ['customer', 'customer'],
  ['user', 'customer'],
  ['delivery_partner', 'delivery_partner'],
  ['admin', 'admin'],
  ['administrator', 'admin'],
  ['auditor', 'auditor'],
]);

/** Roles that a token may carry, as people may write them. */
export const ROLE_WORDS: readonly string[] = [...BY_CLAIM.keys()];

/** The role a token's claim names, in any letter case. `service` is not among them: services come with an API key. */
export const roleOf = (claim: unknown): CallerRole | undefined =>
  typeof claim === 'string' ? BY_CLAIM.get(claim.toLowerCase()) : undefined;
