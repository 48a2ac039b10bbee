import { accept, type Decision } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import { remarksOf } from '../../shared/remarks.ts';
import { refundableOf, refundedFor } from '../payments/balance.ts';
import type { RecordRefund, RecordRefundFailure, RefundByHand, RefundReturn } from '../commands.ts';
import type { OrderEvent, PaymentRefunded } from '../events.ts';
import { overpayment } from './overpayment.ts';
import type { OrderRules } from '../settings.ts';
import { allocateRefund, moneyBack } from './refund-allocation.ts';
import type { OrderRejection } from '../rejections.ts';
import { refundedReturn } from '../returns/settle-return.ts';
import type { Order, OrderReturn } from '../state.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/** Money that is here without a reason goes back: the order was cancelled, or costs less than was paid. */
export const refundOverpayment = (order: Order, rules: OrderRules): Decided => {
  const refunds = allocateRefund(order, overpayment(order), rules);
  const cause = order.status === 'cancelled' ? 'cancellation' : 'excess';
  return refunds.length === 0
    ? accept()
    : accept({ type: 'RefundAllocated', data: { cause, return_id: null, refunds } });
};

/** What a settled return still has to get: the first time, or anew for the part that failed for good. */
export const refundReturn = ({ data }: RefundReturn, order: Order, rules: OrderRules): Decided => {
  const { return_id } = data;
  const one = order.returns.find((candidate) => candidate.return_id === return_id);
  if (one === undefined) return { rejected: 'return.not_found' };
  if (one.status === 'closed') return accept();
  if (one.settlement === null) return { rejected: 'return.not_settled' };
  const { done, pending } = refundedFor(order, return_id);
  if (pending > 0) return { rejected: 'return.refund_in_progress', pending };
  const amount = moneyBack(order, one.settlement.amount - done);
  if (amount === 0) return accept(refundedReturn(return_id));
  const refunds = allocateRefund(order, amount, rules);
  return accept({ type: 'RefundAllocated', data: { cause: 'return', return_id, refunds } });
};

/** An admin gives back money of one payment: so much, or all it has left. */
export const refundByHand = ({ data }: RefundByHand, order: Order, rules: OrderRules): Decided => {
  const { payment_id } = data;
  const left = refundableOf(order, payment_id);
  const amount = data.amount ?? left;
  if (left <= 0) return { rejected: 'refund.nothing_refundable' };
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > left) {
    return { rejected: 'refund.exceeds_refundable', refundable: left, requested: amount };
  }
  const refunds = [{ refund_id: rules.refundId(payment_id, order.refunds.length), payment_id, amount }];
  const { reason, meta_data } = data;
  return accept({
    type: 'RefundAllocated',
    data: { cause: 'manual', return_id: null, refunds, ...remarksOf({ reason, meta_data }) },
  });
};

/** Money went back. When that was the last of a return's, the return has ended. */
export const recordRefund = ({ data }: RecordRefund, order: Order): Decided => {
  const known = order.refunds.find(({ refund_id }) => refund_id === data.refund_id);
  if (known?.status === 'done') return accept();
  const refunded: PaymentRefunded = { type: 'PaymentRefunded', data };
  const one = order.returns.find(({ return_id }) => return_id === data.return_id);
  return one !== undefined && isCompletedBy(data.amount, one, order)
    ? { accepted: [refunded, refundedReturn(one.return_id)] }
    : accept(refunded);
};

const isCompletedBy = (amount: Minor, one: OrderReturn, order: Order): boolean =>
  one.status === 'settled' && refundedFor(order, one.return_id).done + amount >= one.money_back;

/** A refund failed for good. Its money is here again; an admin may allocate it anew. */
export const recordRefundFailure = ({ data }: RecordRefundFailure, order: Order): Decided => {
  const known = order.refunds.find(({ refund_id }) => refund_id === data.refund_id);
  return known?.status === 'pending' ? accept({ type: 'PaymentRefundFailed', data }) : accept();
};
