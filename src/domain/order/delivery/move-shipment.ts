import type { ItemCount, Shipment, ShipmentResolution } from '../vocabulary/shipment.ts';
import { match } from 'ts-pattern';
import type { Decision } from '../../shared/decider.ts';
import { remarksOf } from '../../shared/remarks.ts';
import type { MoveShipment } from '../vocabulary/commands.ts';
import type { CreditParts, OrderEvent } from '../vocabulary/events.ts';
import { ledgerOf, valueUnits, worthOf } from '../ledger/index.ts';
import { rejectAction } from '../actions/allowed-actions.ts';
import { allocated, splitOverPayments } from '../refunds/allocate.ts';
import { amountOf, capParts, creditOf } from '../refunds/refund-order.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import { shippingDue } from '../returns/outward-shipping.ts';
import type { OrderRules } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';
import { needsResolution, quantityOf } from '../goods/shipments.ts';
import { movesShipment, SHIPMENT_ACTIONS, type ShipmentAction } from '../vocabulary/shipment-transitions.ts';

type Moving = { readonly command: MoveShipment; readonly order: Order; readonly rules: OrderRules };

/**
 * Moves one shipment. One that is lost or came back waits for a resolution, unless the request has one; a second
 * request with a resolution ends it.
 */
export const moveShipment = ({ command, order, rules }: Moving): Decision<OrderEvent, OrderRejection> => {
  const { data, by } = command;
  if (by.role !== 'admin' && by.role !== 'system') {
    return rejectAction('order.action_not_permitted', order, by.role, rules);
  }
  const one = order.shipments.find(({ shipment_id }) => shipment_id === data.shipment_id);
  if (one === undefined) return { rejected: 'shipment.not_found' };
  const { action, resolution } = data;
  if (resolution !== undefined && !mayBeResolved(action))
    return { rejected: 'shipment.resolution_not_possible', action };
  const isWaiting = needsResolution(one);
  if (!isPossible(action, one) || (isWaiting && resolution === undefined)) return notMoved(one);
  const restocked = restockedOf(data, one);
  if ('rejected' in restocked) return restocked;
  const moved =
    isWaiting && resolution !== undefined ? resolvedAs(data, resolution, restocked) : movementOf(data, restocked);
  if (resolution !== 'refund') return { accepted: [moved] };
  return { accepted: [moved, ...refundOf(one, { action, order, rules })] };
};

/** One that waits for a resolution takes its own action once more, with the resolution. */
const isPossible = (action: ShipmentAction, one: Shipment): boolean =>
  needsResolution(one) ? one.status === action : movesShipment(action, one.status);

const mayBeResolved = (action: ShipmentAction): boolean => action === 'lost' || action === 'returned_to_sender';

type Restocked = { readonly restocked?: readonly ItemCount[] };

/** What came back to the sender is in stock again, unless staff say otherwise; what was lost never is. */
const restockedOf = (
  { action, resolution, restocked }: MoveShipment['data'],
  one: Shipment,
): Restocked | OrderRejection => {
  if (action !== 'returned_to_sender' || resolution === undefined)
    return restocked === undefined ? {} : { rejected: 'shipment.restock_not_possible', action };
  if (restocked === undefined)
    return { restocked: one.items.map((item) => ({ order_item_id: item.order_item_id, quantity: quantityOf(item) })) };
  for (const [index, { order_item_id, quantity }] of restocked.entries()) {
    const item = one.items.find((shipped) => shipped.order_item_id === order_item_id);
    if (item === undefined) return { rejected: 'shipment.unknown_item', order_item_id };
    if (restocked.findIndex((other) => other.order_item_id === order_item_id) < index)
      return { rejected: 'shipment.duplicate_item', order_item_id };
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      return { rejected: 'shipment.invalid_quantity', order_item_id };
    const shipped = quantityOf(item);
    if (quantity > shipped) return { rejected: 'shipment.more_than_shipped', order_item_id, shipped };
  }
  return { restocked };
};

const notMoved = (one: Shipment): OrderRejection => ({
  rejected: 'shipment.invalid_transition',
  shipment_status: one.status,
  resolution: one.resolution,
  allowed_actions: SHIPMENT_ACTIONS.filter((action) => isPossible(action, one)),
});

const movementOf = ({ action, shipment_id, ...given }: MoveShipment['data'], restocked: Restocked): OrderEvent => {
  const data = { shipment_id, ...remarksOf(given) };
  const resolution = given.resolution ?? null;
  return match(action)
    .returnType<OrderEvent>()
    .with('out_for_delivery', () => ({ type: 'ShipmentOutForDelivery', data }))
    .with('deliver', () => ({ type: 'ShipmentDelivered', data }))
    .with('fail', () => ({ type: 'ShipmentFailed', data }))
    .with('returned_to_sender', () => ({
      type: 'ShipmentReturnedToSender',
      data: { ...data, resolution, ...restocked },
    }))
    .with('lost', () => ({ type: 'ShipmentLost', data: { ...data, resolution } }))
    .exhaustive();
};

const resolvedAs = (data: MoveShipment['data'], resolution: ShipmentResolution, restocked: Restocked): OrderEvent => ({
  type: 'ShipmentResolved',
  data: { shipment_id: data.shipment_id, resolution, ...restocked, ...remarksOf(data) },
});

/**
 * What the customer does not get is credited: the units at their value, and shipping if with this the customer keeps
 * nothing. What is then overpaid is refunded.
 */
const refundOf = (
  one: Shipment,
  { action, order, rules }: { readonly action: ShipmentAction; readonly order: Order; readonly rules: OrderRules },
): readonly OrderEvent[] => {
  const parts = capParts(partsOf(one, action, order), ledgerOf(order).owed);
  if (amountOf(parts) === 0) return [];
  const reason_category = action === 'lost' ? 'lost' : 'other';
  const credited = creditOf(order, rules, {
    kind: parts.items.length > 0 ? 'line' : 'shipping',
    parts,
    reason_category,
    // The shipment says what is in stock again.
    restock: false,
  });
  const { credit_id, kind, pays } = credited.data;
  const refunds = splitOverPayments(order, { amount: pays, method: 'original_payment' }, rules);
  return [credited, ...allocated(refunds, { kind, credit_id, reason_category })];
};

const partsOf = (one: Shipment, action: ShipmentAction, order: Order): CreditParts => {
  const items = one.items.flatMap((item) => {
    const line = order.lines.find(({ id }) => id === item.order_item_id);
    if (line === undefined) return [];
    const amount = worthOf(valueUnits(line, item.units, order));
    return [{ order_item_id: line.id, quantity: quantityOf(item), amount, units: item.units }];
  });
  return { items, shipping: shippingDue(withRefunded(one, action, order)), goodwill: 0 };
};

/** The order as it is once a shipment that is lost or came back is refunded. */
const withRefunded = (one: Shipment, action: ShipmentAction, order: Order): Order => {
  const status = action === 'lost' ? 'lost' : 'returned_to_sender';
  const refunded: Shipment = { ...one, status, resolution: 'refund' };
  return { ...order, shipments: order.shipments.map((shipment) => (shipment === one ? refunded : shipment)) };
};
