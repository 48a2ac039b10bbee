import type { Actor, Instant, Personal, Role } from '../shared/decider.ts';
import type { Currency, Minor } from '../shared/money.ts';
import type { TaxRate } from '../shared/tax-rate.ts';
import type { ReturnReason } from './returns/reasons.ts';
import type { PaymentMethod } from './payments/methods.ts';
import type { Note } from '../shared/notes.ts';
import type {
  AllocatedRefund,
  CreditKind,
  CreditParts,
  ExternalOrder,
  OrderLine,
  OrderPersonal,
  RefundPurpose,
  ReturnClosed,
  ReturnSettled,
  ValuedUnits,
} from './events.ts';
import type { ReasonCategory } from './refunds/methods.ts';
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
  readonly method: PaymentMethod;
  readonly status: 'in_flight' | 'captured' | 'failed';
};

/** `resolved`: paid out by people instead. `withdrawn`: given up, or replaced by another refund. */
export const REFUND_STATES = ['pending', 'completed', 'failed', 'resolved', 'withdrawn'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

export type OrderRefund = AllocatedRefund &
  RefundPurpose & {
    readonly credit_id: string | null;
    readonly status: RefundState;
    /** Another refund goes in its stead. */
    readonly is_replaced: boolean;
    readonly at: Instant;
  };

/** What the shop gave up, as it counts now: an edit of the lines may have cut it. */
export type Credit = {
  readonly credit_id: string;
  readonly kind: CreditKind;
  readonly amount: Minor;
  readonly parts: CreditParts;
  /** What of it went back, or goes; the rest is set off. */
  readonly pays: Minor;
  readonly invoiced: boolean;
  readonly return_id: string | null;
  readonly reason_category: ReasonCategory | null;
  readonly at: Instant;
};

/** A legal document that the order has caused, for so much. */
export type Invoiced = { readonly amount: Minor; readonly at: Instant };

export type UnderReturn = {
  readonly order_item_id: string;
  readonly reason: ReturnReason;
  /** The units held: those asked for, after settlement those accepted, none once it was rejected or cancelled. */
  readonly units: readonly ValuedUnits[];
};

export type OrderReturn = {
  readonly return_id: string;
  readonly return_number: string;
  readonly status: 'open' | 'settled' | 'closed';
  readonly outcome: ReturnClosed['data']['outcome'] | null;
  readonly items: readonly UnderReturn[];
  /** What it is worth, decided; `pays` of it goes back, the rest was set off against what was due. */
  readonly settlement: Omit<ReturnSettled['data'], 'return_id'> | null;
};

export type Feedback = { readonly rating: number; readonly comment: Personal<string> | null; readonly at: Instant };

/** An order as its events tell it. Sums are derived: see `ledger/`. */
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
  readonly credits: readonly Credit[];
  readonly invoices: readonly Invoiced[];
  readonly returns: readonly OrderReturn[];
  /** Its books were closed by an admin. */
  readonly is_closed_by_hand: boolean;
  readonly feedback: Feedback | null;
  readonly staff_notes: readonly Note[];
  /** How often notes, meta data or the address were changed or added. */
  readonly detail_changes: number;
  /** Who decided the prices last: the role that placed it, or changed its lines. */
  readonly priced_by: Role;
  readonly overrides_catalogue: boolean;
  /** Present: it was imported. The clock does not move it, and what it was before needs no document of ours. */
  readonly external?: ExternalOrder;
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
