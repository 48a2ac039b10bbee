import type { Role } from '../../domain/shared/decider.ts';
import type { Scope } from './scopes.ts';

/** Roles that people and services call with; `system` is the product itself. */
export type CallerRole = Exclude<Role, 'system'>;

/** The caller, as their credentials say. */
export type Caller = {
  readonly id: string;
  readonly role: CallerRole;
  readonly email: string | null;
  readonly name: string | null;
  /** When the credentials end; milliseconds since 1970. Undefined: they do not. */
  readonly expires_at?: number;
  /** The scopes of a service's key. People have none. */
  readonly scopes?: readonly Scope[];
};

/** The reader of an answer: the caller, or a part of the product itself. */
export type Viewer = { readonly id: string; readonly role: Role };

/** Whether a caller may read the internal notes of the shop. Customers and couriers may not. */
export const isStaff = ({ role }: Pick<Viewer, 'role'>): boolean => role !== 'customer' && role !== 'delivery_partner';

/** Which things of a kind a role may touch: the caller's own, those assigned to the caller, or any. */
export type Relation = 'own' | 'assigned' | 'any';

/**
 * Who may call a route at all, and how far each role sees there; a service sees all, with a key of this scope. A role
 * that is not named gets 403.
 */
export type Permission = { readonly [R in CallerRole]?: R extends 'service' ? Scope : Relation };
