import type { ItemUnits } from './unit-ranges.ts';
import type { Address } from '../../shared/address.ts';
import type { Instant, Personal } from '../../shared/decider.ts';
import type { Currency, Minor } from '../../shared/money.ts';
import type { MetaData, Remarks } from '../../shared/remarks.ts';
import type { NoteAdded } from '../../shared/notes.ts';
import type { HoldReason, ReasonCategory } from './reasons.ts';
import type { OrderDeliveryEvent } from './delivery-events.ts';
import type { CreditParts, OrderMoneyEvent, ToDeduct } from './money-events.ts';
import type { OrderReturnEvent } from './return-events.ts';

/** A line as decided when it was placed: prices, discount and tax are facts, never computed again. */
export type OrderLine = {
  readonly id: string;
  readonly product_id: string;
  readonly product_name: string | null;
  readonly product_sku: string | null;
  readonly product_description: string | null;
  readonly unit_price: Minor;
  readonly quantity: number;
  /** Absolute, for the whole line. */
  readonly discount: Minor;
  /** Absolute, for the whole line: its own tax, or its share of the order's. */
  readonly tax: Minor;
  /** The tax was sent with the line, not computed. */
  readonly own_tax?: true;
  /** The catalogue's price when it was ordered, if it was sold at another. */
  readonly catalogue_price?: Minor;
  /** By the catalogue when it was ordered: customers do not return it. */
  readonly returnable?: false;
  /** By the catalogue when it was ordered: days after delivery in which it may be returned. Absent: the shop's. */
  readonly return_window_days?: number;
  /** The last units of the line that were cancelled before they were invoiced, with the discount and tax they had. */
  readonly removed?: { readonly quantity: number; readonly discount: Minor; readonly tax: Minor };
};

/** An order imported from another system: its source, and its number there. */
export type ExternalOrder = { readonly source: string; readonly number: string };

/** A document that another system issued for an order that was imported from there. It is in no series of ours. */
export type ExternalDocument = {
  readonly document_type: 'invoice' | 'credit_memo';
  readonly number: string;
  /** Minor units of the order's currency. */
  readonly amount: Minor;
  readonly issued_at: Instant;
  readonly return_id: string | null;
  readonly credit_id: string | null;
};

/** The return whose goods an order replaces, and the order that they came from. */
export type ExchangeOf = {
  readonly return_id: string;
  readonly return_number: string;
  readonly order_id: string;
  readonly order_number: string;
};

export type LineMetaData = { readonly [lineId: string]: MetaData };

export type OrderPersonal = {
  readonly customer_email: string | null;
  readonly customer_name: string | null;
  readonly shipping_address: Address | null;
  readonly billing_address: Address | null;
  readonly notes: string | null;
  readonly meta_data: MetaData | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly line_meta_data: LineMetaData;
};

export type OrderPlaced = {
  readonly type: 'OrderPlaced';
  readonly data: {
    readonly order_number: string;
    readonly customer_id: string;
    readonly currency: Currency;
    /** Language of messages to the customer (BCP 47); absent: the shop's. */
    readonly locale?: string;
    /** Decimal string, e.g. `0.1`. Stays with the order. */
    readonly tax_rate: string;
    readonly shipping_cost: Minor;
    readonly payment_method: string | null;
    /** Present: the order waits for this time. */
    readonly scheduled_for: Instant | null;
    readonly estimated_delivery_at: Instant | null;
    readonly lines: readonly OrderLine[];
    /** Its lines came from a cart, which must be emptied. */
    readonly from_cart?: true;
    /** Its lines were looked up in the catalogue, so its stock moves are made there. */
    readonly takes_stock?: true;
    /** Something is sold at another price than the catalogue's. */
    readonly overrides_catalogue?: true;
    /** It was exchanged for the goods of a return. */
    readonly exchange_of?: ExchangeOf;
    /** It was imported from another system as history. */
    readonly external?: ExternalOrder;
    /** It was imported from another Waybill, with the documents that were issued there. */
    readonly external_documents?: readonly ExternalDocument[];
    /** ISO 3166 code of the destination, for the reports: it is kept when the address is erased. Absent: unknown. */
    readonly ship_country?: string;
    readonly personal: Personal<OrderPersonal>;
  };
};

/** Staff, or a process, stopped the order: it is neither processed nor shipped until the hold is released. */
export type OrderHeld = {
  readonly type: 'OrderHeld';
  readonly data: { readonly reason_category: HoldReason; readonly personal?: Personal<{ readonly note: string }> };
};

export type HoldReleased = {
  readonly type: 'HoldReleased';
  readonly data: { readonly personal?: Personal<{ readonly note: string }> };
};

type Transition<T extends string, D = object> = {
  readonly type: T;
  readonly data: D & { readonly personal?: Personal<Remarks> };
};

export type OrderReleased = Transition<'OrderReleased', { readonly estimated_delivery_at: Instant | null }>;
export type OrderConfirmed = Transition<'OrderConfirmed'>;
/** `forced`: an admin started an order that need not be paid first. */
export type OrderProcessingStarted = Transition<'OrderProcessingStarted', { readonly forced?: true }>;

export type OrderCancelled = Transition<'OrderCancelled', { readonly reason_category: string | null }>;

/** The books of a delivered order are closed by hand. What is still owed is credited along with it. */
export type OrderReturned = Transition<'OrderReturned'>;

/** A credit that was reduced: its units were removed, or it was above the new total. */
export type CutCredit = {
  readonly credit_id: string;
  readonly amount: Minor;
  readonly parts: CreditParts;
  /** Where something is invoiced: what is then left of it without a memo. */
  readonly to_deduct?: ToDeduct;
};

export type OrderItemsModified = {
  readonly type: 'OrderItemsModified';
  readonly data: {
    readonly lines: readonly OrderLine[];
    readonly overrides_catalogue?: true;
    /** The credits that this change reduces, with their new amounts. */
    readonly credits: readonly CutCredit[];
    readonly personal?: Personal<{ readonly line_meta_data: LineMetaData }>;
  };
};

/** Units that will never leave. Those that are invoiced are credited by the event that follows. */
export type ItemsCancelled = {
  readonly type: 'ItemsCancelled';
  readonly data: {
    readonly items: readonly (ItemUnits & {
      /** The units that are on no invoice, which lower the total, with their discount and tax. */
      readonly removed?: NonNullable<OrderLine['removed']>;
    })[];
    readonly reason_category: ReasonCategory;
    /** The credits that this change reduces, with their new amounts. */
    readonly credits: readonly CutCredit[];
    readonly personal?: Personal<{ readonly note: string }>;
  };
};

export type OrderDetailsChanged = {
  readonly type: 'OrderDetailsChanged';
  readonly data: {
    readonly personal: Personal<
      Partial<
        Pick<
          OrderPersonal,
          'notes' | 'meta_data' | 'shipping_address' | 'billing_address' | 'customer_email' | 'customer_name'
        >
      >
    >;
  };
};

export type DeliveryPartnerAssigned = {
  readonly type: 'DeliveryPartnerAssigned';
  readonly data: { readonly delivery_partner_id: string };
};

export type FeedbackGiven = {
  readonly type: 'FeedbackGiven';
  readonly data: {
    /** 1 to 5. */
    readonly rating: number;
    readonly personal?: Personal<{ readonly comment: string }>;
  };
};

export type OrderEvent =
  | OrderPlaced
  | OrderReleased
  | OrderConfirmed
  | OrderProcessingStarted
  | OrderDeliveryEvent
  | OrderCancelled
  | OrderReturned
  | OrderItemsModified
  | OrderDetailsChanged
  | DeliveryPartnerAssigned
  | ItemsCancelled
  | OrderHeld
  | HoldReleased
  | OrderMoneyEvent
  | OrderReturnEvent
  | FeedbackGiven
  | NoteAdded;

export type { Address } from '../../shared/address.ts';
export type { MetaData, Remarks } from '../../shared/remarks.ts';
export type * from './delivery-events.ts';
export * from './money-events.ts';
export type { NoteAdded } from '../../shared/notes.ts';
export * from './return-events.ts';
