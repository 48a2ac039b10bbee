/** The possible scopes of a service's key. */
export const SCOPES = ['orders:read', 'customers:read', 'events:read'] as const;

export type Scope = (typeof SCOPES)[number];

export const isScope = (word: string): word is Scope => SCOPES.some((scope) => scope === word);
