import type { ItemUnits, UnitRange } from '../vocabulary/unit-ranges.ts';
import type { Decision } from '../../shared/decider.ts';
import { isChangedTooOften } from '../../shared/detail-changes.ts';
import type { CancelItems } from '../vocabulary/commands.ts';
import { isAnythingLeft, unitsLeft } from '../goods/shipments.ts';
import type { CreditedItem, ItemsCancelled, OrderEvent, OrderLine } from '../vocabulary/events.ts';
import {
  cutDeductions,
  isInvoiced,
  ledgerOf,
  uninvoicedUnits,
  valueUnits,
  worthOf,
  worthOfUnits,
} from '../ledger/index.ts';
import { cutCredits, withCut } from '../pricing/cut-credits.ts';
import { orderedTax } from '../pricing/totals.ts';
import { allocated, splitOverPayments } from '../refunds/allocate.ts';
import { amountOf, capParts, creditOf } from '../refunds/refund-order.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import { shippingDue } from '../returns/outward-shipping.ts';
import { countUnits, highestUnits, unitsInBoth, unitsOutside } from '../vocabulary/unit-ranges.ts';
import type { OrderRules } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';
import { rejectAction } from '../actions/allowed-actions.ts';
import { hasGoodsToSend } from './hold.ts';

type Item = ItemsCancelled['data']['items'][number];

/**
 * Cancels the last units that are left of lines. Units that are on no invoice lower the total by exactly their share, and
 * nothing else is recomputed; for the others the total stands and they are credited. With nothing left and nothing ever
 * shipped, the order is cancelled.
 */
export const cancelItems = (
  { data, by }: CancelItems,
  order: Order,
  rules: OrderRules,
): Decision<OrderEvent, OrderRejection> => {
  if (by.role !== 'admin' && by.role !== 'system') {
    return rejectAction('order.action_not_permitted', order, by.role, rules);
  }
  if (!hasGoodsToSend(order) || !isAnythingLeft(order)) {
    return rejectAction('order.invalid_transition', order, by.role, rules);
  }
  if (isChangedTooOften(order)) return { rejected: 'order.too_many_changes', changes: order.detail_changes };
  const items = unitsToCancel(data.items, order);
  if ('rejected' in items) return items;
  const { lines, cancelled: gone } = withCancelled(order, items);
  const { credits, again } = isInvoiced(order)
    ? cutDeductions(order, lines)
    : { credits: cutCredits(order, lines), again: [] };
  const after = { ...order, lines, cancelled: gone, credits: withCut(order.credits, credits) };
  const { reason_category, note } = data;
  const personal = note === undefined ? {} : { personal: { note } };
  const cancelled: ItemsCancelled = {
    type: 'ItemsCancelled',
    data: { items, reason_category, credits, ...personal },
  };
  if (order.shipments.length === 0 && !isAnythingLeft(after)) {
    return { accepted: [cancelled, { type: 'OrderCancelled', data: { reason_category } }] };
  }
  return { accepted: [cancelled, ...creditFor(items, { before: order, after, again, data, rules })] };
};

/** The order as it is once units are cancelled. */
export const withCancelled = (order: Order, items: readonly Item[]): Order => ({
  ...order,
  lines: order.lines.map((line) =>
    lineWithout(
      line,
      items.find(({ order_item_id }) => order_item_id === line.id),
    ),
  ),
  cancelled: [...order.cancelled, ...items.map(({ order_item_id, units }) => ({ order_item_id, units }))],
});

const lineWithout = (line: OrderLine, item: Item | undefined): OrderLine => {
  const { removed } = item ?? {};
  if (removed === undefined) return line;
  const before = line.removed ?? { quantity: 0, discount: 0, tax: 0 };
  return {
    ...line,
    discount: line.discount - removed.discount,
    tax: line.tax - removed.tax,
    removed: {
      quantity: before.quantity + removed.quantity,
      discount: before.discount + removed.discount,
      tax: before.tax + removed.tax,
    },
  };
};

const unitsToCancel = (wanted: CancelItems['data']['items'], order: Order): readonly Item[] | OrderRejection => {
  const items: Item[] = [];
  for (const { order_item_id, quantity } of wanted) {
    const line = order.lines.find(({ id }) => id === order_item_id);
    if (line === undefined) return { rejected: 'shipment.unknown_item', order_item_id };
    if (items.some((item) => item.order_item_id === order_item_id)) {
      return { rejected: 'shipment.duplicate_item', order_item_id };
    }
    if (!Number.isSafeInteger(quantity) || quantity < 1) {
      return { rejected: 'shipment.invalid_quantity', order_item_id };
    }
    const left = unitsLeft(order, line);
    if (quantity > countUnits(left)) {
      const all = order.lines.map((one) => ({ order_item_id: one.id, left: countUnits(unitsLeft(order, one)) }));
      return { rejected: 'shipment.more_than_left', left: all };
    }
    items.push(cancelledItemOf(line, highestUnits(left, quantity), order));
  }
  return items;
};

/**
 * Units to cancel, and what they take off the total. Their discount is what their price and tax leave of what they cost
 * without it.
 */
export const cancelledItemOf = (line: OrderLine, units: readonly UnitRange[], order: Order): Item => {
  const free = unitsInBoth(uninvoicedUnits(order, line), units);
  const quantity = countUnits(free);
  if (quantity === 0) return { order_item_id: line.id, units };
  const tax = worthOfUnits(line, free, orderedTax(line));
  const discount = line.unit_price * quantity + tax - worthOfUnits(line, free);
  return { order_item_id: line.id, units, removed: { quantity, discount, tax } };
};

type Crediting = {
  readonly before: Order;
  readonly after: Order;
  /** What was cut of credits although it belongs to units that stay. */
  readonly again: readonly CreditedItem[];
  readonly data: CancelItems['data'];
  readonly rules: OrderRules;
};

/** The units that are on an invoice, and shipping if with them the customer keeps nothing. What is then overpaid goes back. */
const creditFor = (
  items: readonly ItemUnits[],
  { before, after, again, data, rules }: Crediting,
): readonly OrderEvent[] => {
  const credited = items.flatMap((item): readonly CreditedItem[] => {
    const line = after.lines.find(({ id }) => id === item.order_item_id);
    if (line === undefined) return [];
    const free = uninvoicedUnits(before, line);
    const units = unitsInBoth(unitsOutside(free, line.quantity), item.units);
    const unpaid = { order_item_id: line.id, units: unitsInBoth(free, item.units) };
    const amount = worthOf(valueUnits(line, units, { ...after, cancelled: [...before.cancelled, unpaid] }));
    return units.length === 0 ? [] : [{ order_item_id: line.id, quantity: countUnits(units), amount, units }];
  });
  // Units that are credited now are worth more by what was cut of their line, so it is not credited again.
  const stays = again.filter((item) => credited.every(({ order_item_id }) => order_item_id !== item.order_item_id));
  const shipping = isInvoiced(before) ? shippingDue(after) : 0;
  const parts = capParts({ items: [...credited, ...stays], shipping, goodwill: 0 }, ledgerOf(after).owed);
  if (amountOf(parts) === 0) return [];
  const { reason_category, note } = data;
  const credit = creditOf(after, rules, {
    kind: 'cancellation',
    parts,
    reason_category,
    // Cancelled units are back in stock by themselves.
    restock: false,
    ...(note !== undefined && { personal: { note } }),
  });
  const { credit_id, pays } = credit.data;
  const refunds = splitOverPayments(after, { amount: pays, method: 'original_payment' }, rules);
  return [credit, ...allocated(refunds, { kind: 'cancellation', credit_id, reason_category })];
};
