import { accept, type Decision } from '../../shared/decider.ts';
import { sum } from '../../shared/money.ts';
import type { CloseReturn, SettleReturn } from '../commands.ts';
import { RETURN_CHANGES } from './evolve.ts';
import type { OrderEvent, ReturnClosed, ReturnSettled, SettledItem } from '../events.ts';
import { isStoreCredit } from '../refunds/overpayment.ts';
import type { OrderRules } from '../settings.ts';
import { allocateRefund, moneyBack } from '../refunds/refund-allocation.ts';
import type { OrderRejection } from '../rejections.ts';
import { settlementAmount, shippingDue } from './settlement.ts';
import type { Order, OrderReturn, UnderReturn } from '../state.ts';
import { countUnits, lowestUnits } from './unit-ranges.ts';
import { valueUnits, worthOf } from '../pricing/unit-values.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/** A return was rejected or withdrawn: its units are free again. */
export const closeReturn = ({ data }: CloseReturn, order: Order): Decided => {
  const one = order.returns.find(({ return_id }) => return_id === data.return_id);
  if (one === undefined) return { rejected: 'return.not_found' };
  return one.status === 'open' ? accept({ type: 'ReturnClosed', data }) : accept();
};

/** A return was processed: what it is worth is decided, and the money that is here is allocated, at once. */
export const settleReturn = ({ data }: SettleReturn, order: Order, rules: OrderRules): Decided => {
  const one = order.returns.find(({ return_id }) => return_id === data.return_id);
  if (one === undefined) return { rejected: 'return.not_found' };
  if (one.status !== 'open') return accept();
  const items = acceptedItems(one, data, order);
  if ('rejected' in items) return items;
  const settled = settlementOf(data, items, { one, order });
  return {
    accepted: [settled, ...whatFollows(settled, { ...order, ...RETURN_CHANGES.ReturnSettled(order, settled) }, rules)],
  };
};

const acceptedItems = (
  one: OrderReturn,
  { items }: SettleReturn['data'],
  order: Order,
): readonly SettledItem[] | OrderRejection => {
  const settled: SettledItem[] = [];
  for (const { order_item_id, units } of one.items) {
    const wanted = items.find((item) => item.order_item_id === order_item_id)?.accepted_quantity ?? 0;
    const requested = countUnits(units);
    if (wanted > requested) return { rejected: 'return.accepted_exceeds_requested', order_item_id, requested };
    const line = order.lines.find(({ id }) => id === order_item_id);
    const accepted = line === undefined ? [] : valueUnits(line, lowestUnits(units, wanted));
    settled.push({ order_item_id, accepted_quantity: wanted, units: accepted });
  }
  return settled;
};

const settlementOf = (
  { return_id, restocking_fee, reviewed_amount, refund_method }: SettleReturn['data'],
  items: readonly SettledItem[],
  { one, order }: { readonly one: OrderReturn; readonly order: Order },
): ReturnSettled => {
  const accepted: readonly UnderReturn[] = items.map((item) => ({
    ...item,
    reason: one.items.find(({ order_item_id }) => order_item_id === item.order_item_id)?.reason ?? 'other',
  }));
  const shipping = shippingDue(order, accepted);
  const value = sum(items.map(({ units }) => worthOf(units)));
  const amount = settlementAmount({ value, shipping, reviewed_amount, restocking_fee });
  const data = { return_id, items, shipping, reviewed_amount, restocking_fee, amount, refund_method };
  return { type: 'ReturnSettled', data };
};

/** Where no money is to go back, the return has ended; else it is allocated, or waits for an admin's word. */
const whatFollows = ({ data }: ReturnSettled, order: Order, rules: OrderRules): readonly OrderEvent[] => {
  const { return_id, amount, refund_method } = data;
  if (isStoreCredit(refund_method) || moneyBack(order, amount) === 0) return [refundedReturn(return_id)];
  if (!rules.autoRefundReturns) return [];
  const refunds = allocateRefund(order, amount, rules);
  return [{ type: 'RefundAllocated', data: { cause: 'return', return_id, refunds } }];
};

export const refundedReturn = (return_id: string): ReturnClosed => ({
  type: 'ReturnClosed',
  data: { return_id, outcome: 'refunded' },
});
