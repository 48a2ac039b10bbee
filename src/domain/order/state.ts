import type { Actor, Instant, Personal } from '../shared/decider.ts';
import type { Currency, Minor } from '../shared/money.ts';
import type { TaxRate } from '../shared/tax-rate.ts';
import type { ReturnReason } from './returns/reasons.ts';
import type { AllocatedRefund, OrderLine, OrderPersonal, RefundCause, ReturnClosed, UnitRange } from './events.ts';
import type { OrderStatus } from './lifecycle/transitions.ts';

export type Cancellation = {
  readonly reason: Personal<string> | null;
  readonly category: string | null;
  readonly by: Actor;
  readonly at: Instant;
};

export type Shipment = { readonly carrier: string | null; readonly tracking_number: string | null };

export type Delivery = {
  readonly partner_id: string | null;
  readonly scheduled_for: Instant | null;
  readonly estimated_delivery_at: Instant | null;
};

export type OrderPayment = {
  readonly payment_id: string;
  readonly amount: Minor;
  readonly status: 'in_flight' | 'captured' | 'failed';
};

export type OrderRefund = AllocatedRefund & {
  readonly status: 'pending' | 'done' | 'failed';
  readonly cause: RefundCause;
  readonly return_id: string | null;
};

export type UnderReturn = {
  readonly order_item_id: string;
  readonly reason: ReturnReason;
  /** The units held: those asked for, after settlement those accepted, none once it was rejected or cancelled. */
  readonly units: readonly UnitRange[];
};

export type OrderReturn = {
  readonly return_id: string;
  readonly return_number: string;
  readonly status: 'open' | 'settled' | 'closed';
  readonly outcome: ReturnClosed['data']['outcome'] | null;
  readonly items: readonly UnderReturn[];
  readonly settlement: { readonly amount: Minor; readonly refund_method: string | null } | null;
  /** What is to go back in money, as it was allocated. */
  readonly money_back: Minor;
};

export type Feedback = { readonly rating: number; readonly comment: Personal<string> | null; readonly at: Instant };

/** An order as its events tell it. Sums are derived: see `totals.ts`. */
export type Order = {
  readonly status: OrderStatus;
  readonly previous_status: OrderStatus | null;
  readonly order_number: string;
  readonly customer_id: string;
  readonly currency: Currency;
  readonly tax_rate: TaxRate;
  readonly shipping_cost: Minor;
  readonly payment_method: string | null;
  readonly lines: readonly OrderLine[];
  /** Who, where to, and free text, as it stands now. */
  readonly personal: Personal<OrderPersonal>;
  readonly delivery: Delivery;
  readonly shipment: Shipment | null;
  readonly cancellation: Cancellation | null;
  /** In the order in which they were started. */
  readonly payments: readonly OrderPayment[];
  readonly refunds: readonly OrderRefund[];
  readonly returns: readonly OrderReturn[];
  /** Closed without money or memo. */
  readonly is_closed_by_hand: boolean;
  readonly feedback: Feedback | null;
  readonly created_at: Instant;
  readonly updated_at: Instant;
  readonly confirmed_at: Instant | null;
  readonly shipped_at: Instant | null;
  readonly delivered_at: Instant | null;
  readonly cancelled_at: Instant | null;
};

export type OrderState = { readonly status: 'none' } | Order;

export const NO_ORDER: OrderState = { status: 'none' };

export const isPlaced = (state: OrderState): state is Order => state.status !== 'none';
