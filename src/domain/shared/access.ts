import { match } from 'ts-pattern';
import type { Actor } from './decider.ts';

/** Whose a thing is, and who delivers it. Payments, returns and documents are not delivered: they have no `delivery`. */
export type Owned = {
  readonly customer_id: string;
  readonly delivery?: { readonly partner_id: string | null };
};

/**
 * Whether an actor may see and touch a thing: customers their own, delivery partners what is assigned to them, everybody
 * else all of it. What each role may then do there is said by the permission of a route and by the transition tables.
 */
export const canAccess = ({ id, role }: Actor, { customer_id, delivery }: Owned): boolean =>
  match(role)
    .returnType<boolean>()
    .with('customer', () => id === customer_id)
    .with('delivery_partner', () => id === delivery?.partner_id)
    .with('admin', 'auditor', 'service', 'system', () => true)
    .exhaustive();
