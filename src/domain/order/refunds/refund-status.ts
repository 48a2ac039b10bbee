import { sum, type Minor } from '../../shared/money.ts';
import type { Order, OrderRefund } from '../state.ts';

export type RefundStatus = 'pending' | 'partial' | 'failed' | 'completed';

/** The money of one return, as its order tells it. */
export type ReturnMoney = {
  /** What it is worth; `null` before it is settled, and when it ended without. */
  readonly settled_amount: Minor | null;
  readonly is_closed: boolean;
  readonly refunds: readonly Pick<OrderRefund, 'refund_id' | 'amount' | 'status'>[];
};

export const NO_RETURN_MONEY: ReturnMoney = { settled_amount: null, is_closed: false, refunds: [] };

export const returnMoney = (order: Pick<Order, 'returns' | 'refunds'>, return_id: string): ReturnMoney => {
  const one = order.returns.find((candidate) => candidate.return_id === return_id);
  if (one === undefined) return NO_RETURN_MONEY;
  return {
    settled_amount: one.settlement?.amount ?? null,
    is_closed: one.status === 'closed',
    refunds: order.refunds
      .filter((refund) => refund.return_id === return_id)
      .map(({ refund_id, amount, status }) => ({ refund_id, amount, status })),
  };
};

const refundsThat = ({ refunds }: ReturnMoney, status: OrderRefund['status']): Minor =>
  sum(refunds.filter((refund) => refund.status === status).map(({ amount }) => amount));

/** What really went back. */
export const refundedOfReturn = (money: ReturnMoney): Minor => refundsThat(money, 'done');

/** How far the money has got; `null` before it is settled, and when the return ended without. */
export const refundStatusOf = (money: ReturnMoney): RefundStatus | null => {
  if (money.settled_amount === null) return null;
  if (money.is_closed) return 'completed';
  if (money.refunds.length > 0 && refundsThat(money, 'pending') === 0) return 'failed';
  return refundedOfReturn(money) > 0 ? 'partial' : 'pending';
};

/** The same, read from the order. */
export const refundStatus = (order: Order, return_id: string): RefundStatus | null =>
  refundStatusOf(returnMoney(order, return_id));

/** What really went back for a return. */
export const refundedAmount = (order: Order, return_id: string): Minor =>
  refundedOfReturn(returnMoney(order, return_id));
