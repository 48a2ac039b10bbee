import type { Instant } from '../../shared/decider.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import { oncePerObject } from '../../shared/once-per-object.ts';
import { countUnits, unitsOutside, type ItemUnits, type UnitRange } from '../vocabulary/unit-ranges.ts';
import type { Order } from '../vocabulary/state.ts';
import type { Shipment } from '../vocabulary/shipment.ts';

type Shipped = Pick<Order, 'shipments'>;
type Counted = Pick<Order, 'shipments' | 'cancelled'> & {
  readonly lines: readonly Pick<OrderLine, 'id' | 'quantity'>[];
};

/** A shipment on its way: it can still arrive. A failed attempt is not the end. */
export const isOpen = ({ status }: Pick<Shipment, 'status'>): boolean =>
  status === 'shipped' || status === 'out_for_delivery' || status === 'failed';

/** Lost, or back at the sender, and staff have not decided between a refund and sending the units again. */
export const needsResolution = ({ status, resolution }: Pick<Shipment, 'status' | 'resolution'>): boolean =>
  (status === 'lost' || status === 'returned_to_sender') && resolution === null;

const hasEnded = (one: Shipment): boolean => !isOpen(one) && !needsResolution(one);

/** Whether nothing more will come of any shipment: each was delivered, or lost or sent back and resolved. */
export const haveAllEnded = ({ shipments }: Shipped): boolean => shipments.every(hasEnded);

/** The shipments that may still arrive. */
export const openShipments = ({ shipments }: Shipped): readonly Shipment[] => shipments.filter(isOpen);

/** An order may have 500 lines, each of which is looked up in every shipment. */
const byLine = oncePerObject(
  (items: readonly ItemUnits[]): ReadonlyMap<string, readonly UnitRange[]> =>
    new Map(items.map(({ order_item_id, units }) => [order_item_id, units])),
);

const unitsOf = (items: readonly ItemUnits[], lineId: string): readonly UnitRange[] => byLine(items).get(lineId) ?? [];

/** Units of a line in the shipments that `which` selects. */
export const unitsInShipments = (
  { shipments }: Shipped,
  lineId: string,
  which: (one: Shipment) => boolean,
): readonly UnitRange[] => shipments.filter(which).flatMap(({ items }) => unitsOf(items, lineId));

/** Units that are sent again are left once more, so they are in no shipment. */
const holdsUnits = ({ resolution }: Shipment): boolean => resolution !== 'resend';

/** Units of a line that were cancelled: those of one line may be cancelled in several steps. */
export const cancelledUnits = ({ cancelled }: Pick<Order, 'cancelled'>, lineId: string): readonly UnitRange[] =>
  cancelled.filter(({ order_item_id }) => order_item_id === lineId).flatMap(({ units }) => units);

/** Cancelled units after the lines have changed: those of a line are counted anew, unless it says that some were removed. */
export const stillCancelled = (
  cancelled: Order['cancelled'],
  lines: readonly Pick<OrderLine, 'id' | 'removed'>[],
): Order['cancelled'] =>
  cancelled.filter(({ order_item_id }) =>
    lines.some(({ id, removed }) => id === order_item_id && removed !== undefined),
  );

/** Units of a line that still have to be shipped: ordered, not cancelled, and in no shipment. */
export const unitsLeft = (order: Counted, { id, quantity }: Counted['lines'][number]): readonly UnitRange[] =>
  unitsOutside([...cancelledUnits(order, id), ...unitsInShipments(order, id, holdsUnits)], quantity);

/** Everything that is left, by line; a line of which nothing is left is not in it. */
export const everythingToShip = (order: Counted): readonly ItemUnits[] =>
  order.lines
    .map((line): ItemUnits => ({ order_item_id: line.id, units: unitsLeft(order, line) }))
    .filter(({ units }) => units.length > 0);

export const isAnythingLeft = (order: Counted): boolean =>
  order.lines.some((line) => unitsLeft(order, line).length > 0);

/** Units of a line that the customer has received. */
export const deliveredUnits = (order: Shipped, lineId: string): readonly UnitRange[] =>
  unitsInShipments(order, lineId, ({ status }) => status === 'delivered');

/** How many units of a line are in shipments, whatever became of these; units that are sent again count when they are. */
export const shippedQuantity = (order: Shipped, lineId: string): number =>
  countUnits(unitsInShipments(order, lineId, holdsUnits));

export const cancelledQuantity = (order: Pick<Order, 'cancelled'>, lineId: string): number =>
  countUnits(cancelledUnits(order, lineId));

/** How many units of a line the customer has received. */
export const deliveredQuantity = (order: Shipped, lineId: string): number => countUnits(deliveredUnits(order, lineId));

/** How many units an item of a shipment has. */
export const quantityOf = ({ units }: Pick<ItemUnits, 'units'>): number => countUnits(units);

/** When the customer received the last parcel so far. */
export const lastDelivery = ({ shipments }: Shipped): Instant | null =>
  shipments.reduce<Instant | null>(
    (last, { delivered_at }) => (delivered_at !== null && (last === null || delivered_at > last) ? delivered_at : last),
    null,
  );

/** The last parcel that a carrier has. */
export const lastParcel = ({ shipments }: Shipped): Shipment | undefined =>
  shipments.findLast(({ by_courier }) => !by_courier);
