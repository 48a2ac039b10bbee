import type { ItemUnits } from './unit-ranges.ts';
import type { Actor, Instant, Personal, Role } from '../../shared/decider.ts';
import type { Currency, Minor } from '../../shared/money.ts';
import type { TaxRate } from '../../shared/tax-rate.ts';
import type { HoldReason, ReasonCategory, ReturnReason } from './reasons.ts';
import type { PaymentMethod } from './payment-methods.ts';
import type { Note } from '../../shared/notes.ts';
import type {
  AllocatedRefund,
  CreditKind,
  CreditParts,
  ExchangeOf,
  ExternalDocument,
  ExternalOrder,
  InvoiceParts,
  OrderLine,
  OrderPersonal,
  RefundPurpose,
  ReturnClosed,
  ReturnSettled,
  ToDeduct,
  ValuedUnits,
} from './events.ts';
import type { Shipment } from './shipment.ts';
import type { OrderStatus } from './transitions.ts';

export type Cancellation = {
  readonly reason: Personal<string> | null;
  readonly category: string | null;
  readonly by: Actor;
  readonly at: Instant;
};

/** Why an order is held, by which actor, and since when. */
export type Hold = { readonly reason_category: HoldReason; readonly by: Actor; readonly at: Instant };

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

/** `resolved`: people paid it out instead. `withdrawn`: cancelled, or replaced by another refund. */
export const REFUND_STATES = ['pending', 'completed', 'failed', 'resolved', 'withdrawn'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

export type OrderRefund = AllocatedRefund &
  RefundPurpose & {
    readonly credit_id: string | null;
    readonly status: RefundState;
    /** Another refund replaces it. */
    readonly is_replaced: boolean;
    readonly at: Instant;
  };

/** A credit with its current amount: a change of the lines may have reduced it. */
export type Credit = {
  readonly credit_id: string;
  readonly kind: CreditKind;
  readonly amount: Minor;
  readonly parts: CreditParts;
  /** The part that was or will be refunded; the rest is set off. */
  readonly pays: Minor;
  readonly invoiced: boolean;
  /** The part without a memo that is deducted from invoices to come. */
  readonly to_deduct: ToDeduct | null;
  readonly return_id: string | null;
  readonly reason_category: ReasonCategory | null;
  /** Its units are back in stock. */
  readonly restock: boolean;
  readonly at: Instant;
};

/** An invoice that the order has caused. Of a shipment it has parts; otherwise it is for everything not invoiced before. */
export type Invoiced = {
  readonly amount: Minor;
  readonly at: Instant;
  readonly shipment_id: string | null;
  readonly parts: InvoiceParts | null;
};

export type UnderReturn = {
  readonly order_item_id: string;
  readonly reason: ReturnReason;
  /**
   * The units that it holds: the requested units; after settlement the accepted ones; none if it was rejected or
   * cancelled.
   */
  readonly units: readonly ValuedUnits[];
};

export type OrderReturn = {
  readonly return_id: string;
  readonly return_number: string;
  readonly status: 'open' | 'settled' | 'closed';
  readonly outcome: ReturnClosed['data']['outcome'] | null;
  readonly items: readonly UnderReturn[];
  /** A change of mind is a reason to refund shipping, by the shop's rule when it was opened. */
  readonly shipping_on_withdrawal?: true;
  /** Its settled value; `pays` of it is refunded, the rest was set off against the amount due. */
  readonly settlement: Omit<ReturnSettled['data'], 'return_id'> | null;
};

export type Feedback = { readonly rating: number; readonly comment: Personal<string> | null; readonly at: Instant };

/** An order as folded from its events. Sums are derived: see `ledger/`. */
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
  /** Names, addresses and free text, in their current state. */
  readonly personal: Personal<OrderPersonal>;
  readonly delivery: Delivery;
  /** Present: it is neither processed nor shipped until the hold is released. */
  readonly held: Hold | null;
  /** In the order in which they left. */
  readonly shipments: readonly Shipment[];
  /** Units that will never be shipped. */
  readonly cancelled: readonly ItemUnits[];
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
  /** How often notes, meta data, the address or the items were changed or added. */
  readonly detail_changes: number;
  /** The role that last set the prices: by placing it, or by changing its lines. */
  readonly priced_by: Role;
  readonly overrides_catalogue: boolean;
  /** Present: it was exchanged for the goods of a return. */
  readonly exchange_of?: ExchangeOf;
  /**
   * Present: it was imported. The scheduler does not move it, and its earlier history needs no documents from Waybill.
   */
  readonly external?: ExternalOrder;
  /** Present: it was imported from another Waybill, which issued these. */
  readonly external_documents?: readonly ExternalDocument[];
  readonly created_at: Instant;
  readonly updated_at: Instant;
  readonly confirmed_at: Instant | null;
  readonly shipped_at: Instant | null;
  readonly delivered_at: Instant | null;
  readonly cancelled_at: Instant | null;
};

export type OrderState = { readonly status: 'none' } | Order;

/** Nothing known of a person: of an order that was erased, or that begins without. */
export const NO_PERSONAL_DATA: OrderPersonal = {
  customer_email: null,
  customer_name: null,
  shipping_address: null,
  billing_address: null,
  notes: null,
  meta_data: null,
  latitude: null,
  longitude: null,
  line_meta_data: {},
};

export const NO_ORDER: OrderState = { status: 'none' };

export const isPlaced = (state: OrderState): state is Order => state.status !== 'none';
