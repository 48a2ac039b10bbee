import { accept, type Decision } from '../../shared/decider.ts';
import type { CloseReturn, SettleReturn } from '../vocabulary/commands.ts';
import type { OrderEvent, ReturnSettled, SettledItem } from '../vocabulary/events.ts';
import { documentCredit, valueUnits } from '../ledger/index.ts';
import type { OrderRules } from '../settings.ts';
import { allocated, splitOverPayments } from '../refunds/allocate.ts';
import { refundedReturn } from '../refunds/record-refund.ts';
import { paidBy } from '../refunds/refund-order.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import { settlementOf } from './settlement.ts';
import type { Order, OrderReturn } from '../vocabulary/state.ts';
import { countUnits, lowestUnits } from '../vocabulary/unit-ranges.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/** A return was rejected or withdrawn, or was never sent: its units are free again. */
export const closeReturn = ({ data }: CloseReturn, order: Order): Decided => {
  const one = order.returns.find(({ return_id }) => return_id === data.return_id);
  if (one === undefined) return { rejected: 'return.not_found' };
  return one.status === 'open' ? accept({ type: 'ReturnClosed', data }) : accept();
};

/** A return was processed: its value is decided, and its refund is allocated in the same append. */
export const settleReturn = ({ data }: SettleReturn, order: Order, rules: OrderRules): Decided => {
  const one = order.returns.find(({ return_id }) => return_id === data.return_id);
  if (one === undefined) return { rejected: 'return.not_found' };
  if (one.status !== 'open') return accept();
  const items = acceptedItems(one, data, order);
  if ('rejected' in items) return items;
  const settled = settledAs(data, items, { one, order });
  const autoRefundReturns = rules.autoRefundReturns || data.refunds_at_once === true;
  return { accepted: [settled, ...whatFollows(settled, order, { ...rules, autoRefundReturns })] };
};

const acceptedItems = (
  one: OrderReturn,
  { items }: SettleReturn['data'],
  order: Order,
): readonly SettledItem[] | OrderRejection => {
  const settled: SettledItem[] = [];
  for (const { order_item_id, units } of one.items) {
    const { accepted_quantity: wanted = 0, reason } = items.find((item) => item.order_item_id === order_item_id) ?? {};
    const requested = countUnits(units);
    if (wanted > requested) return { rejected: 'return.accepted_exceeds_requested', order_item_id, requested };
    const line = order.lines.find(({ id }) => id === order_item_id);
    const accepted = line === undefined ? [] : valueUnits(line, lowestUnits(units, wanted), order);
    settled.push({ order_item_id, accepted_quantity: wanted, ...(reason && { reason }), units: accepted });
  }
  return settled;
};

const settledAs = (
  { return_id, restocking_fee, reviewed_amount, adds_shipping = false, refund_method }: SettleReturn['data'],
  items: readonly SettledItem[],
  { one, order }: { readonly one: OrderReturn; readonly order: Order },
): ReturnSettled => {
  const settlement = settlementOf(order, one, { items, reviewed_amount, adds_shipping, restocking_fee });
  return {
    type: 'ReturnSettled',
    data: {
      return_id,
      items,
      reviewed_amount,
      ...settlement,
      pays: paidBy(order, settlement.amount),
      ...documentCredit(order, settlement.amount, { items: [], shipping: 0, goodwill: settlement.amount }),
      refund_method,
    },
  };
};

/** If nothing is to be refunded, the return has ended; otherwise it is allocated, or waits for an admin. */
const whatFollows = ({ data }: ReturnSettled, order: Order, rules: OrderRules): readonly OrderEvent[] => {
  const { return_id, pays, refund_method: method } = data;
  if (pays === 0) return [refundedReturn(return_id)];
  if (!rules.autoRefundReturns) return [];
  const refunds = splitOverPayments(order, { amount: pays, method }, rules);
  return allocated(refunds, { kind: 'return', return_id, credit_id: return_id });
};
