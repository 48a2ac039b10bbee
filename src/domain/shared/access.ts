import { match } from 'ts-pattern';
import type { Actor, Instant } from './decider.ts';

/**
 * The owner and the courier of a resource. Payments, returns and documents are not delivered: they have no `delivery`.
 */
export type Owned = {
  readonly customer_id: string;
  readonly delivery?: { readonly partner_id: string | null };
  readonly delivered_at?: Instant | null;
  readonly cancelled_at?: Instant | null;
};

/** A courier needs the destination of a parcel only until it is delivered. */
const isStillDelivered = ({ delivered_at = null, cancelled_at = null }: Owned): boolean =>
  delivered_at === null && cancelled_at === null;

/**
 * Whether an actor may see and change a resource: customers their own; couriers orders that are assigned to them, until
 * these are delivered or cancelled; all other roles everything. The permission of a route and the transition tables say
 * what each role may then do.
 */
export const canAccess = ({ id, role }: Actor, thing: Owned): boolean =>
  match(role)
    .returnType<boolean>()
    .with('customer', () => id === thing.customer_id)
    .with('delivery_partner', () => id === thing.delivery?.partner_id && isStillDelivered(thing))
    .with('admin', 'auditor', 'service', 'system', () => true)
    .exhaustive();
