import type { Decision } from '../../shared/decider.ts';
import { sum, type Minor } from '../../shared/money.ts';
import type { ItemToCredit, RefundOrder } from '../vocabulary/commands.ts';
import type { CreditedItem, CreditParts, OrderCredited, OrderEvent, OrderLine } from '../vocabulary/events.ts';
import { creditedQuantity, documentCredit, ledgerOf, leftOfLine, leftOfShipping, shareOf } from '../ledger/index.ts';
import { restockableQuantity } from '../goods/returned-units.ts';
import { soldQuantity } from '../pricing/totals.ts';
import type { MoneyRejection, OrderRejection } from '../vocabulary/rejections.ts';
import type { OrderRules } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';
import { allocated, splitOverPayments } from './allocate.ts';

type Rejected = MoneyRejection;

/**
 * The shop gives up a part of the agreed amount, with a reason: one credit with its parts. The part that is then
 * overpaid is refunded; the rest only lowers the amount due.
 */
export const refundOrder = (
  { data }: RefundOrder,
  order: Order,
  rules: OrderRules,
): Decision<OrderEvent, OrderRejection> => {
  const parts = partsOf(data, order);
  if ('rejected' in parts) return parts;
  const amount = amountOf(parts);
  const { owed } = ledgerOf(order);
  if (amount > owed && isExplicit(data))
    return { rejected: 'refund.exceeds_creditable', requested: amount, creditable: owed };
  const capped = capParts(parts, owed);
  if (amountOf(capped) === 0) return { rejected: 'refund.nothing_to_credit' };
  const { reason_category, restock = false, note, method = 'original_payment' } = data;
  const credited = creditOf(order, rules, {
    kind: kindOf(capped),
    parts: capped,
    reason_category,
    restock,
    ...(note !== undefined && { personal: { note } }),
  });
  const { credit_id, kind, pays } = credited.data;
  const refunds = splitOverPayments(order, { amount: pays, method }, rules);
  return {
    accepted: [
      credited,
      ...allocated(refunds, {
        kind,
        credit_id,
        reason_category,
        paid_out: true,
        ...(note !== undefined && { personal: { reason: note } }),
      }),
    ],
  };
};

export const amountOf = ({ items, shipping, goodwill }: CreditParts): Minor =>
  sum(items.map(({ amount }) => amount)) + shipping + goodwill;

/** A credit with the amount that it pays: the part that is overpaid once the credit is booked. */
export const creditOf = (
  order: Order,
  { creditId }: Pick<OrderRules, 'creditId'>,
  given: Pick<OrderCredited['data'], 'kind' | 'parts' | 'reason_category' | 'restock' | 'personal'>,
): OrderCredited => {
  const amount = amountOf(given.parts);
  return {
    type: 'OrderCredited',
    data: {
      credit_id: creditId(order.order_number, order.credits.length),
      ...given,
      amount,
      pays: paidBy(order, amount),
      ...documentCredit(order, amount, given.parts),
    },
  };
};

/** How much of a further credit is refunded: the part that is overpaid then. The rest is set off. */
export const paidBy = (order: Order, amount: Minor): Minor => {
  const { owed, balance } = ledgerOf(order);
  return Math.max(0, Math.min(amount, balance - (owed - amount)));
};

/** The first part that is present gives the credit its kind. */
const kindOf = ({ items, shipping }: CreditParts): OrderCredited['data']['kind'] => {
  if (items.length > 0) return 'line';
  return shipping > 0 ? 'shipping' : 'goodwill';
};

const isExplicit = ({ items = [], shipping, goodwill }: RefundOrder['data']): boolean =>
  items.some(({ amount }) => amount !== undefined) || shipping !== undefined || goodwill !== undefined;

/** The parts that fit under a limit: lines first, then shipping, then goodwill. */
export const capParts = ({ items, shipping, goodwill }: CreditParts, limit: Minor): CreditParts => {
  let left = limit;
  const take = (amount: Minor): Minor => {
    const taken = Math.max(0, Math.min(amount, left));
    left -= taken;
    return taken;
  };
  const kept = items.map((item) => ({ ...item, amount: take(item.amount) })).filter(({ amount }) => amount > 0);
  return { items: kept, shipping: take(shipping), goodwill: take(goodwill) };
};

const partsOf = (
  { items = [], shipping = 0, goodwill = 0, restock = false }: RefundOrder['data'],
  order: Order,
): CreditParts | Rejected => {
  const credited: CreditedItem[] = [];
  for (const wanted of items) {
    if (credited.some(({ order_item_id }) => order_item_id === wanted.order_item_id)) {
      return { rejected: 'refund.duplicate_item', order_item_id: wanted.order_item_id };
    }
    const item = creditedItem(wanted, order);
    if ('rejected' in item) return item;
    const restockable = restock ? restockableOf(wanted, order) : Infinity;
    if (item.quantity > restockable)
      return { rejected: 'refund.restock_not_possible', order_item_id: item.order_item_id, restockable };
    credited.push(item);
  }
  const rest = leftOfShipping(order);
  if (!isAmount(shipping) || !isAmount(goodwill)) return { rejected: 'refund.invalid_amount' };
  return shipping > rest
    ? { rejected: 'refund.exceeds_creditable', requested: shipping, creditable: rest }
    : { items: credited.filter(({ amount }) => amount > 0), shipping, goodwill };
};

const restockableOf = ({ order_item_id }: ItemToCredit, order: Order): number => {
  const line = order.lines.find(({ id }) => id === order_item_id);
  return line === undefined ? 0 : restockableQuantity(order, line);
};

const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

const creditedItem = ({ order_item_id, quantity, amount }: ItemToCredit, order: Order): CreditedItem | Rejected => {
  const line = order.lines.find(({ id }) => id === order_item_id);
  if (line === undefined) return { rejected: 'refund.unknown_item', order_item_id };
  const left = Math.max(0, leftOfLine(order, line));
  if (quantity !== undefined) return byQuantity({ order_item_id, quantity, amount }, line, order);
  if (amount === undefined) return { order_item_id, quantity: 0, amount: left };
  if (!isAmount(amount) || amount === 0) return { rejected: 'refund.invalid_amount' };
  return amount > left
    ? { rejected: 'refund.exceeds_creditable', requested: amount, creditable: left }
    : { order_item_id, quantity: 0, amount };
};

/** A number of units: the next ones that were not credited as units, at their full share. */
const byQuantity = (
  { order_item_id, quantity, amount }: ItemToCredit & { readonly quantity: number },
  line: OrderLine,
  order: Order,
): CreditedItem | Rejected => {
  const before = creditedQuantity(order, line.id);
  const creditable = soldQuantity(line) - before;
  if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > creditable) {
    return { rejected: 'refund.invalid_quantity', order_item_id, creditable };
  }
  const left = Math.max(0, leftOfLine(order, line));
  if (amount !== undefined && (!isAmount(amount) || amount === 0)) return { rejected: 'refund.invalid_amount' };
  if (amount !== undefined && amount > left) {
    return { rejected: 'refund.exceeds_creditable', requested: amount, creditable: left };
  }
  const share = shareOf(line, before + quantity) - shareOf(line, before);
  return { order_item_id, quantity, amount: amount ?? Math.min(left, share) };
};

/**
 * Everything that is still owed, as parts, when the books are closed. A fee that was kept of a return no longer belongs
 * to a line, and is credited as goodwill.
 */
export const everythingOwed = (order: Order): CreditParts => {
  const { owed } = ledgerOf(order);
  const items = order.lines.map((line) => ({
    order_item_id: line.id,
    quantity: 0,
    amount: Math.max(0, leftOfLine(order, line)),
  }));
  return capParts({ items, shipping: leftOfShipping(order), goodwill: owed }, owed);
};
