import type { Personal } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import type { Remarks } from '../../shared/remarks.ts';
import type { ItemUnits } from './unit-ranges.ts';
import type { ItemCount, ShipmentResolution } from './shipment.ts';

/** The invoice of one shipment: its units, less what was credited before. */
export type InvoiceParts = {
  /** Shipping in it: all of it on the first invoice. */
  readonly shipping: Minor;
  /** Credits of lines that lower them. */
  readonly reductions: readonly { readonly order_item_id: string; readonly amount: Minor }[];
  /** Other credits that are printed as a deduction. */
  readonly deducted: Minor;
};

/**
 * Goods have left, which causes an invoice. Without parts it is for everything not invoiced yet; with parts it is for
 * the units of the shipment. `null`: an earlier event caused the invoice.
 */
export type CausesInvoice = {
  readonly invoice: { readonly amount: Minor; readonly parts?: InvoiceParts } | null;
  /** The Waybill that it was imported from issued one for this amount. */
  readonly external_invoice?: { readonly amount: Minor };
};

type WithRemarks<D> = D & { readonly personal?: Personal<Remarks> };

export type Tracking = {
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  /** Where the customer can follow the parcel. */
  readonly tracking_url?: string;
};

/** Everything that was left has left with a carrier, in one shipment. */
export type OrderShipped = {
  readonly type: 'OrderShipped';
  readonly data: WithRemarks<CausesInvoice & Tracking & { readonly shipment_id: string }>;
};

/** Some of the units that were left have left, in one shipment. */
export type ItemsShipped = {
  readonly type: 'ItemsShipped';
  readonly data: WithRemarks<
    CausesInvoice & Tracking & { readonly shipment_id: string; readonly items: readonly ItemUnits[] }
  >;
};

/** A courier has every open shipment. What was left is a further shipment; `null`: nothing was left. */
export type OrderOutForDelivery = {
  readonly type: 'OrderOutForDelivery';
  readonly data: WithRemarks<CausesInvoice & { readonly shipment_id: string | null }>;
};

/** Every open shipment was delivered. */
export type OrderDelivered = { readonly type: 'OrderDelivered'; readonly data: WithRemarks<object> };

type OfShipment<T extends string, D = object> = {
  readonly type: T;
  readonly data: WithRemarks<D & { readonly shipment_id: string }>;
};

export type ShipmentOutForDelivery = OfShipment<'ShipmentOutForDelivery'>;
export type ShipmentDelivered = OfShipment<'ShipmentDelivered'>;
/** An attempt to deliver it failed; another one may succeed. */
export type ShipmentFailed = OfShipment<'ShipmentFailed'>;

/**
 * `refund`: its units are credited by the events that follow. `resend`: its units are left to be shipped again. `null`:
 * staff have not decided yet.
 */
type MaybeResolved = { readonly resolution: ShipmentResolution | null };
/** Units that came back to the sender with a resolved shipment and are in stock again. */
type Restocks = { readonly restocked?: readonly ItemCount[] };
export type ShipmentReturnedToSender = OfShipment<'ShipmentReturnedToSender', MaybeResolved & Restocks>;
export type ShipmentLost = OfShipment<'ShipmentLost', MaybeResolved>;
/** Staff decided about a shipment that was lost or came back before. */
export type ShipmentResolved = OfShipment<'ShipmentResolved', Restocks & { readonly resolution: ShipmentResolution }>;
/** Carrier and tracking were corrected. */
export type ShipmentDetailsChanged = {
  readonly type: 'ShipmentDetailsChanged';
  readonly data: {
    readonly shipment_id: string;
    readonly carrier: string | null;
    readonly tracking_number: string | null;
    readonly tracking_url: string | null;
  };
};

export type OrderDeliveryEvent =
  | OrderShipped
  | ItemsShipped
  | OrderOutForDelivery
  | OrderDelivered
  | ShipmentOutForDelivery
  | ShipmentDelivered
  | ShipmentFailed
  | ShipmentReturnedToSender
  | ShipmentLost
  | ShipmentResolved
  | ShipmentDetailsChanged;
