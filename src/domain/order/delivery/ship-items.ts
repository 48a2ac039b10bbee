import type { ItemUnits } from '../vocabulary/unit-ranges.ts';
import { accept, type Decision } from '../../shared/decider.ts';
import { remarksOf } from '../../shared/remarks.ts';
import type { ChangeShipment, ItemToShip, ShipItems } from '../vocabulary/commands.ts';
import type { CausesInvoice, OrderEvent, Tracking } from '../vocabulary/events.ts';
import { invoiceOfShipment, isInvoiced, uninvoicedOf } from '../ledger/index.ts';
import { rejectAction } from '../actions/allowed-actions.ts';
import { leadsFrom } from '../vocabulary/transitions.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import { countUnits, lowestUnits } from '../vocabulary/unit-ranges.ts';
import type { OrderRules } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';
import { everythingToShip, isAnythingLeft, unitsLeft } from '../goods/shipments.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/** Ships the lowest units that are left of each line: each unit leaves once, whatever races. */
export const shipItems = ({ data, by }: ShipItems, order: Order, rules: OrderRules): Decided => {
  if (by.role !== 'admin' && by.role !== 'system') {
    return rejectAction('order.action_not_permitted', order, by.role, rules);
  }
  if (!leadsFrom('ship_items', order.status)) {
    return order.shipments.length > 0 && !isAnythingLeft(order)
      ? { rejected: 'shipment.nothing_left', current_status: order.status }
      : rejectAction('order.invalid_transition', order, by.role, rules);
  }
  if (order.held !== null) return rejectAction('order.held', order, by.role, rules);
  const items = data.items === undefined ? everythingToShip(order) : itemsToShip(data.items, order);
  if ('rejected' in items) return items;
  return accept({
    type: 'ItemsShipped',
    data: {
      shipment_id: nextShipmentId(order, rules),
      items,
      ...trackingOf(data),
      invoice: invoiceFor(order, items, rules),
      ...remarksOf({ notes: data.notes }),
    },
  });
};

const itemsToShip = (wanted: readonly ItemToShip[], order: Order): readonly ItemUnits[] | OrderRejection => {
  const items: ItemUnits[] = [];
  for (const { order_item_id, quantity } of wanted) {
    const line = order.lines.find(({ id }) => id === order_item_id);
    if (line === undefined) return { rejected: 'shipment.unknown_item', order_item_id };
    if (items.some((item) => item.order_item_id === order_item_id)) {
      return { rejected: 'shipment.duplicate_item', order_item_id };
    }
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      return { rejected: 'shipment.invalid_quantity', order_item_id };
    const left = unitsLeft(order, line);
    if (quantity > countUnits(left)) return { rejected: 'shipment.more_than_left', left: leftOf(order) };
    items.push({ order_item_id, units: lowestUnits(left, quantity) });
  }
  return items;
};

/** How many units of each line are left. */
const leftOf = (order: Order) =>
  order.lines.map((line) => ({ order_item_id: line.id, left: countUnits(unitsLeft(order, line)) }));

export const nextShipmentId = ({ order_number, shipments }: Order, { shipmentId }: Pick<OrderRules, 'shipmentId'>) =>
  shipmentId(order_number, shipments.length);

type GivenTracking = Pick<ShipItems['data'], 'carrier' | 'tracking_number' | 'tracking_url'>;

export const trackingOf = ({ carrier, tracking_number, tracking_url }: GivenTracking): Tracking => ({
  carrier: carrier ?? null,
  tracking_number: tracking_number ?? null,
  ...(tracking_url != null && { tracking_url }),
});

/**
 * The invoice that a shipment causes: the first one for everything that is owed, or each for its own units. Imported
 * orders had an invoice of their source.
 */
export const invoiceFor = (
  order: Order,
  items: readonly ItemUnits[],
  { invoicePer }: Pick<OrderRules, 'invoicePer'>,
): CausesInvoice['invoice'] => {
  if (items.length === 0 || (!isInvoiced(order) && order.shipped_at !== null)) return null;
  if (invoicePer === 'shipment') return invoiceOfShipment(order, items);
  const amount = uninvoicedOf(order);
  return isInvoiced(order) && amount === 0 ? null : { amount };
};

/** Corrects carrier and tracking, also after the shipment has ended. The same once more changes nothing. */
export const changeShipment = ({ data, by }: ChangeShipment, order: Order, rules: OrderRules): Decided => {
  const { shipment_id, carrier, tracking_number, tracking_url } = data;
  if (by.role !== 'admin' && by.role !== 'system') {
    return rejectAction('order.action_not_permitted', order, by.role, rules);
  }
  const one = order.shipments.find((shipment) => shipment.shipment_id === shipment_id);
  if (one === undefined) return { rejected: 'shipment.not_found' };
  const next = {
    carrier: carrier === undefined ? one.carrier : carrier,
    tracking_number: tracking_number === undefined ? one.tracking_number : tracking_number,
    tracking_url: tracking_url === undefined ? one.tracking_url : tracking_url,
  };
  const isSame =
    next.carrier === one.carrier &&
    next.tracking_number === one.tracking_number &&
    next.tracking_url === one.tracking_url;
  return isSame ? accept() : accept({ type: 'ShipmentDetailsChanged', data: { shipment_id, ...next } });
};
