import type { Actor, Instant, Personal } from '../shared/decider.ts';
import type { Currency, Minor } from '../shared/money.ts';
import type { TaxRate } from '../shared/tax-rate.ts';
import type { OrderLine, OrderPersonal } from './events.ts';
import type { OrderStatus } from './transitions.ts';

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
