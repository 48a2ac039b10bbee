import { sum, type Minor } from '../../shared/money.ts';
import { refundedByHand } from '../payments/amount-due.ts';
import { refundable, refundedFor } from '../payments/balance.ts';
import type { Order, OrderReturn } from '../state.ts';
import { orderTotals } from '../pricing/totals.ts';

/** Money that is here without a reason: for an order that is over, or above what it costs by now. */
export const overpayment = (order: Order): Minor => Math.max(0, refundable(order) - mayBeKept(order));

/** A cancelled order keeps nothing, nor does one whose books were closed by hand. */
const mayBeKept = (order: Order): Minor => {
  if (order.status === 'cancelled' || order.is_closed_by_hand) return 0;
  const cost = orderTotals(order).total - refundedByHand(order) - sum(order.returns.map(settledInMoney));
  return Math.max(0, cost) + sum(order.returns.map((one) => stillClaimed(order, one)));
};

/** Store credit is worth the money it stands for, and that money stays. */
const settledInMoney = ({ settlement }: OrderReturn): Minor =>
  settlement === null || isStoreCredit(settlement.refund_method) ? 0 : settlement.amount;

/** What a settled return will still ask for. */
const stillClaimed = (order: Order, one: OrderReturn): Minor => {
  if (one.status !== 'settled') return 0;
  const { done, pending } = refundedFor(order, one.return_id);
  return Math.max(0, settledInMoney(one) - done - pending);
};

export const isStoreCredit = (refund_method: string | null): boolean => refund_method === 'store_credit';
