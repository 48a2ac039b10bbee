import type { ItemConditions, RefundMethod, ReturnPersonal } from '../order/index.ts';
import type { Note } from '../shared/notes.ts';
import type { Actor, Instant, Personal, Role } from '../shared/decider.ts';
import type { Minor } from '../shared/money.ts';
import type { Disposition, InitiatedItem, ReturnExchanged, ReturnInitiated } from './events.ts';
import type { ReturnStatus } from './transitions.ts';

export type ReturnItem = InitiatedItem & {
  /** `null` until received. */
  readonly received_quantity: number | null;
  /** `null` until processed. */
  readonly accepted_quantity: number | null;
  readonly disposition: Disposition | null;
};

export type Review = {
  readonly decision: 'approved' | 'rejected';
  readonly notes: Personal<string> | null;
  readonly refund_amount: Minor | null;
  readonly adds_shipping: boolean;
  readonly by: Actor;
  readonly at: Instant;
};

/** A return as folded from its own events. Its value and its refunds are in the order. */
export type Return = Omit<ReturnInitiated['data'], 'items' | 'personal'> & {
  readonly status: ReturnStatus;
  readonly previous_status: ReturnStatus | null;
  readonly items: readonly ReturnItem[];
  /** The notes at opening, as the customer has changed them since. */
  readonly personal: Personal<ReturnPersonal>;
  /** The author of the text at opening. */
  readonly opened_by: Role;
  /** The author of the notes. */
  readonly notes_by: Role;
  /** The warehouse's notes for staff. */
  readonly inspected: Personal<ItemConditions> | null;
  readonly tracking_number: string | null;
  readonly rejection_reason: Personal<string> | null;
  readonly review: Review | null;
  readonly restocking_fee: Minor;
  /** The new order, if it was exchanged. */
  readonly exchange: Pick<ReturnExchanged['data'], 'order_id' | 'order_number'> | null;
  /** `null` until processed. */
  readonly refund_method: RefundMethod | null;
  readonly refunded_amount: Minor;
  readonly staff_notes: readonly Note[];
  /** How often notes, meta data or the tracking number were changed or added. */
  readonly detail_changes: number;
  /** When it last moved: its status, or a tracking number that says that the goods are on their way. */
  readonly moved_at: Instant;
  readonly created_at: Instant;
  readonly updated_at: Instant;
  readonly approved_at: Instant | null;
  readonly pickup_scheduled_at: Instant | null;
  readonly received_at: Instant | null;
  readonly processed_at: Instant | null;
  readonly refunded_at: Instant | null;
};

export type ReturnState = { readonly status: 'none' } | Return;

export const NO_RETURN: ReturnState = { status: 'none' };

export const isInitiated = (state: ReturnState): state is Return => state.status !== 'none';
