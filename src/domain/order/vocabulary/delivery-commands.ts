import type { ItemCount, ShipmentResolution } from './shipment.ts';
import type { Command } from '../../shared/command.ts';
import type { GivenRemarks } from '../../shared/remarks.ts';
import type { ShipmentAction } from './shipment-transitions.ts';

export type ItemToShip = ItemCount;

type GivenTracking = {
  readonly carrier?: string | null | undefined;
  readonly tracking_number?: string | null | undefined;
  readonly tracking_url?: string | null | undefined;
};

/** Ships some units as one shipment; without items everything that is left. */
export type ShipItems = Command<
  'ShipItems',
  GivenTracking & { readonly items?: readonly ItemToShip[] | undefined; readonly notes?: string | undefined }
>;

/** Corrects carrier and tracking of a shipment. Fields that are left out keep their values. */
export type ChangeShipment = Command<'ChangeShipment', GivenTracking & { readonly shipment_id: string }>;

/** Moves one shipment. A resolution decides at once what becomes of one that is lost or came back. */
export type MoveShipment = Command<
  'MoveShipment',
  GivenRemarks & {
    readonly shipment_id: string;
    readonly action: ShipmentAction;
    readonly resolution?: ShipmentResolution | undefined;
    /** With a resolution of one that was returned to the sender: what is in stock again. Default: all of it. */
    readonly restocked?: readonly ItemCount[] | undefined;
  }
>;

export type OrderDeliveryCommand = ShipItems | ChangeShipment | MoveShipment;
