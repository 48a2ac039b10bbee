import type { Instant } from '../../shared/decider.ts';
import type { ItemUnits } from './unit-ranges.ts';

/** Every status that a shipment can have, from first to last. */
export const SHIPMENT_STATUSES = [
  'shipped',
  'out_for_delivery',
  'failed',
  'delivered',
  'returned_to_sender',
  'lost',
] as const;
export type ShipmentStatus = (typeof SHIPMENT_STATUSES)[number];

/** What staff decide about a shipment that does not arrive: the money back, or the units once more. */
export const SHIPMENT_RESOLUTIONS = ['refund', 'resend'] as const;
export type ShipmentResolution = (typeof SHIPMENT_RESOLUTIONS)[number];

/** A number of units of a line. */
export type ItemCount = { readonly order_item_id: string; readonly quantity: number };

/** A parcel, or what one courier took along: particular units that left the house together. */
export type Shipment = {
  readonly shipment_id: string;
  readonly items: readonly ItemUnits[];
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  readonly tracking_url: string | null;
  readonly status: ShipmentStatus;
  /** What became of a shipment that is lost or came back to the sender; `null` until staff decide. */
  readonly resolution: ShipmentResolution | null;
  /** Of one that was returned to the sender and is resolved: what is in stock again. */
  readonly restocked?: readonly ItemCount[];
  /** It left with a courier of the shop, without a carrier. */
  readonly by_courier: boolean;
  readonly shipped_at: Instant;
  readonly delivered_at: Instant | null;
};
