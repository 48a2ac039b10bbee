import type {
  ItemConditions,
  OrderPersonal,
  OrderPlaced,
  RefundMethod,
  ReturnPersonal,
  ReturnReason,
} from '../order/index.ts';
import type { NoteAdded } from '../shared/notes.ts';
import type { Personal } from '../shared/decider.ts';
import type { Currency, Minor } from '../shared/money.ts';
import type { MetaData, Remarks } from '../shared/remarks.ts';

/** What happens to the accepted units. Units that are sent back to the customer count as not accepted. */
export const DISPOSITIONS = ['restock', 'scrap', 'return_to_customer'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** A line as the order put it into this return. */
export type InitiatedItem = {
  readonly id: string;
  readonly order_item_id: string;
  readonly product_id: string;
  readonly product_name: string | null;
  readonly product_sku: string | null;
  readonly quantity: number;
  /** The value of all its units in the return. */
  readonly refund_amount: Minor;
  readonly reason: ReturnReason | null;
};

export type ReturnInitiated = {
  readonly type: 'ReturnInitiated';
  readonly data: {
    readonly return_number: string;
    readonly order_id: string;
    readonly order_number: string;
    readonly customer_id: string;
    readonly currency: Currency;
    readonly reason: ReturnReason;
    readonly forced: boolean;
    readonly estimate: Minor;
    readonly items: readonly InitiatedItem[];
    readonly personal: Personal<ReturnPersonal>;
  };
};

type Step<T extends string, D = object, P = Remarks> = {
  readonly type: T;
  readonly data: D & { readonly personal?: Personal<P> };
};

/** `reviewed`: by a review, whose notes are in `personal`; it may have lowered the refund. */
export type ReturnApproved = Step<
  'ReturnApproved',
  {
    readonly reviewed: boolean;
    readonly reviewed_amount: Minor | null;
    /** Shipping is refunded too, due or not. */
    readonly adds_shipping?: true;
  }
>;
export type ReturnRejected = Step<'ReturnRejected', { readonly reviewed: boolean }>;
export type ReturnCancelled = Step<'ReturnCancelled'>;
/** The goods never came, by an admin's word or after `RETURN_EXPIRES_DAYS`. */
export type ReturnNotSent = Step<'ReturnNotSent'>;
export type ReturnPickupScheduled = Step<'ReturnPickupScheduled'>;
export type ReturnInTransit = Step<'ReturnInTransit'>;

export type ReceivedItem = { readonly order_item_id: string; readonly received_quantity: number };
export type ReturnReceived = Step<
  'ReturnReceived',
  { readonly items: readonly ReceivedItem[] },
  Remarks & { readonly conditions?: ItemConditions }
>;

export type ProcessedItem = {
  readonly order_item_id: string;
  readonly accepted_quantity: number;
  readonly disposition: Disposition;
  /** As corrected at inspection. */
  readonly reason?: ReturnReason;
};
/**
 * The return is settled as store credit, which pays for a new order. The order is decided here, so that exactly one
 * follows, whatever happens in between.
 */
export type ReturnExchanged = {
  readonly type: 'ReturnExchanged';
  readonly data: Pick<
    OrderPlaced['data'],
    'order_number' | 'tax_rate' | 'shipping_cost' | 'lines' | 'takes_stock' | 'overrides_catalogue'
  > & {
    readonly order_id: string;
    readonly personal: Personal<Pick<OrderPersonal, 'line_meta_data'>>;
  };
};

export type ReturnProcessed = Step<
  'ReturnProcessed',
  {
    readonly items: readonly ProcessedItem[];
    readonly restocking_fee: Minor;
    readonly refund_method: RefundMethod;
  }
>;

/** Follows the order, which decides when the refund is complete. */
export type ReturnRefunded = Step<'ReturnRefunded', { readonly refunded_amount: Minor }>;

export type ReturnDetailsChanged = Step<
  'ReturnDetailsChanged',
  { readonly tracking_number?: string | null },
  { readonly notes?: string | null; readonly meta_data?: MetaData | null }
>;

export type ReturnEvent =
  | ReturnInitiated
  | ReturnApproved
  | ReturnRejected
  | ReturnCancelled
  | ReturnNotSent
  | ReturnPickupScheduled
  | ReturnInTransit
  | ReturnReceived
  | ReturnExchanged
  | ReturnProcessed
  | ReturnRefunded
  | ReturnDetailsChanged
  | NoteAdded;
