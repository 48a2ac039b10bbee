import { match } from 'ts-pattern';
import type { Actor, Instant } from './decider.ts';

/** Whose a thing is, and who delivers it. Payments, returns and documents are not delivered: they have no `delivery`. */
export type Owned = {
  readonly customer_id: string;
  readonly delivery?: { readonly partner_id: string | null };
  readonly delivered_at?: Instant | null;
  readonly cancelled_at?: Instant | null;
};

/** A courier needs to know where a parcel goes, and no longer than until it is there. */
const isStillDelivered = ({ delivered_at = null, cancelled_at = null }: Owned): boolean =>
  delivered_at === null && cancelled_at === null;

/**
 * Whether an actor may see and touch a thing: customers their own, delivery partners what is assigned to them until it is
 * delivered or cancelled, everybody else all of it. What each role may then do there is said by the permission of a route and by the transition tables.
 */
export const canAccess = ({ id, role }: Actor, thing: Owned): boolean =>
  match(role)
    .returnType<boolean>()
    .with('customer', () => id === thing.customer_id)
    .with('delivery_partner', () => id === thing.delivery?.partner_id && isStillDelivered(thing))
    .with('admin', 'auditor', 'service', 'system', () => true)
    .exhaustive();
