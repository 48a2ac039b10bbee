import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import {
  cancelledQuantity,
  countUnits,
  deliveredQuantity,
  isPlaced,
  orderFold,
  quantityOf,
  returnedQuantity,
  returnRequestedQuantity,
  unitsInShipments,
  unitsLeft,
  type Order,
  type OrderLine,
  type ShipmentResolution,
} from '../../src/domain/order/index.ts';
import { DISPOSITIONS, returnFold } from '../../src/domain/return/index.ts';
import { orderStream, returnStream } from '../../src/event-store/stream-names.ts';
import { wasRejected } from '../../src/commands/handle.ts';
import type { Core } from './core.ts';
import { context } from './orders.ts';

export const GOODS_MOVES = ['ship', 'deliver', 'lose', 'bring_back', 'cut', 'return'] as const;

/** What happens to the goods of an order: so many units of its nth line, shipment or way to put them away. */
export type GoodsMove = { readonly how: (typeof GOODS_MOVES)[number]; readonly units: number; readonly nth: number };

const caller = () => ({ context: context({ command_id: randomUUID() }), repeatable: false });

const readOrder = async ({ readStream }: Pick<Core, 'readStream'>, id: string): Promise<Order> => {
  const found = await readStream(orderFold, orderStream(id));
  if (found === undefined || !isPlaced(found.state)) throw new Error(`no order ${id}`);
  return found.state;
};

/** Moves goods as staff do. What is rejected changes nothing. */
export const moveGoods = async (core: Core, id: string, { how, units, nth }: GoodsMove): Promise<void> => {
  const { orders, returns } = core;
  const on = () => ({ ...caller(), id });
  const { lines, shipments } = await readOrder(core, id);
  const items = [{ order_item_id: lines[nth % lines.length]?.id ?? '', quantity: units }];
  const shipment = shipments[nth % Math.max(1, shipments.length)];
  const shipment_id = shipment?.shipment_id ?? '';
  const resolution = units % 2 === 0 ? 'refund' : 'resend';
  // All of it, or one unit.
  const restocked =
    units < 3 ? undefined : shipment?.items.slice(0, 1).map(({ order_item_id }) => ({ order_item_id, quantity: 1 }));
  const before = { ship: ['confirm', 'start_processing'], return: ['confirm', 'start_processing', 'ship', 'deliver'] };
  if (how === 'ship' || how === 'return') for (const action of before[how]) await orders.takeAction(on(), { action });
  if (how === 'ship') await orders.shipItems(on(), { items });
  if (how === 'deliver') await orders.moveShipment(on(), { shipment_id, action: 'deliver' });
  if (how === 'lose') await orders.moveShipment(on(), { shipment_id, action: 'lost', resolution });
  if (how === 'bring_back')
    await orders.moveShipment(on(), { shipment_id, action: 'returned_to_sender', resolution, restocked });
  if (how === 'cut') await orders.cancelItems(on(), { items, reason_category: 'out_of_stock' });
  if (how !== 'return') return;
  const personal = { reason_description: null, return_address: null, notes: null, meta_data: null, conditions: {} };
  const wanted = items.map((item) => ({ ...item, reason: null }));
  const opened = await returns.open({ order_id: id, reason: 'other', items: wanted, force: false, personal }, caller());
  if (wasRejected(opened)) return;
  const disposition = DISPOSITIONS[nth % DISPOSITIONS.length];
  const found = items.map(({ order_item_id }) => ({ order_item_id, disposition }));
  for (const action of ['approve', 'receive']) await returns.takeAction({ ...caller(), id: opened.id }, { action });
  await returns.takeAction({ ...caller(), id: opened.id }, { action: 'process', items: found });
};

/**
 * The units of an order that are not on the shelf, counted from its events and those of its returns: ordered, less those
 * that were cancelled or put back, and those that are sent again because the first ones did not come back.
 */
export const unitsOffShelf = async ({ readStream }: Pick<Core, 'readStream'>, id: string): Promise<number> => {
  let units = 0;
  const found = await readStream(orderFold, orderStream(id));
  const shipments = found !== undefined && isPlaced(found.state) ? found.state.shipments : [];
  const sizes = new Map(
    shipments.map(({ shipment_id, items }) => [shipment_id, items.reduce((sum, item) => sum + quantityOf(item), 0)]),
  );
  for (const { fact } of (await found?.events()) ?? []) {
    if (fact.type === 'OrderPlaced' || fact.type === 'OrderItemsModified')
      units = fact.data.lines.reduce((sum, { quantity, removed }) => sum + quantity - (removed?.quantity ?? 0), 0);
    if (fact.type === 'OrderCancelled') units = 0;
    if (fact.type === 'ItemsCancelled')
      for (const range of fact.data.items.flatMap((item) => item.units)) units -= range.last - range.first + 1;
    if (fact.type === 'ShipmentLost' || fact.type === 'ShipmentReturnedToSender' || fact.type === 'ShipmentResolved') {
      const { shipment_id, resolution } = fact.data;
      const back = 'restocked' in fact.data ? (fact.data.restocked ?? []) : [];
      const came = back.reduce((sum, { quantity }) => sum + quantity, 0);
      if (resolution === 'refund') units -= came;
      if (resolution === 'resend') units += (sizes.get(shipment_id) ?? 0) - came;
    }
    if (fact.type === 'OrderCredited' && fact.data.restock)
      units -= fact.data.parts.items.reduce((sum, { quantity }) => sum + quantity, 0);
    if (fact.type === 'ReturnSettled') units -= await restockedBy(readStream, fact.data.return_id);
  }
  return units;
};

const restockedBy = async (readStream: Core['readStream'], return_id: string): Promise<number> => {
  const found = await readStream(returnFold, returnStream(return_id));
  const processed = ((await found?.events()) ?? []).flatMap(({ fact }) =>
    fact.type === 'ReturnProcessed' ? fact.data.items : [],
  );
  return processed
    .filter(({ disposition }) => disposition === 'restock')
    .reduce((sum, { accepted_quantity }) => sum + accepted_quantity, 0);
};

/** Where the order says that the units of a line are. */
export const placesOf = (order: Order, line: OrderLine) => {
  const inShipments = (resolution: ShipmentResolution | null) =>
    countUnits(unitsInShipments(order, line.id, (one) => one.resolution === resolution));
  return {
    ordered: line.quantity,
    left: countUnits(unitsLeft(order, line)),
    cancelled: cancelledQuantity(order, line.id),
    sent: inShipments(null),
    lost: inShipments('refund'),
    delivered: deliveredQuantity(order, line.id),
    returned: returnRequestedQuantity(order, line.id) + returnedQuantity(order, line.id),
  };
};

/** Every unit is in one place, and none comes back that did not arrive. */
export const assertUnits = (order: Order): void => {
  const places = order.lines.map((line) => placesOf(order, line));
  for (const { ordered, left, cancelled, sent, lost, delivered, returned } of places) {
    assert.is(ordered, left + cancelled + sent + lost);
    assert.ok(returned <= delivered, 'no more comes back than arrived');
  }
};
