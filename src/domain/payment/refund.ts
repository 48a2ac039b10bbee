import { accept } from '../shared/decider.ts';
import type { CompleteRefund, DeclineRefund, PayOutRefund, ReleaseRefund } from './commands.ts';
import type { RefundRequested } from './events.ts';
import type { PaymentDecision } from './rejections.ts';
import { leftOf, type Payment, type Refund } from './state.ts';

/** Reserves an amount. Reserved or refunded money cannot be requested again: Σ refunds ≤ amount, in any race. */
export const requestRefund = (data: RefundRequested['data'], payment: Payment): PaymentDecision => {
  if (refundWith(data.refund_id, payment) !== undefined) return accept();
  if (payment.completed_at === null) return { rejected: 'payment.not_refundable', current_status: payment.status };
  const refundable = leftOf(payment);
  if (refundable <= 0) return { rejected: 'refund.nothing_refundable' };
  const { amount } = data;
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > refundable) {
    return { rejected: 'refund.exceeds_refundable', requested: amount, refundable };
  }
  return accept({ type: 'RefundRequested', data });
};

export const completeRefund = ({ refund_id }: CompleteRefund['data'], payment: Payment): PaymentDecision => {
  const refund = refundWith(refund_id, payment);
  if (refund === undefined) return { rejected: 'refund.not_found' };
  return refund.status === 'pending' ? accept({ type: 'RefundCompleted', data: { refund_id } }) : accept();
};

export const declineRefund = (data: DeclineRefund['data'], payment: Payment): PaymentDecision => {
  const refund = refundWith(data.refund_id, payment);
  if (refund === undefined) return { rejected: 'refund.not_found' };
  return refund.status === 'pending' ? accept({ type: 'RefundDeclined', data }) : accept();
};

/**
 * Money that people paid out is refunded, even if a gateway declined before. The order has checked that it is
 * available.
 */
export const payOutRefund = (data: PayOutRefund['data'], payment: Payment): PaymentDecision => {
  const refund = refundWith(data.refund_id, payment);
  if (refund === undefined) return { rejected: 'refund.not_found' };
  return refund.status === 'completed' ? accept() : accept({ type: 'RefundPaidOut', data });
};

export const releaseRefund = ({ refund_id }: ReleaseRefund['data'], payment: Payment): PaymentDecision =>
  refundWith(refund_id, payment)?.status === 'pending'
    ? accept({ type: 'RefundReleased', data: { refund_id } })
    : accept();

const refundWith = (refund_id: string, { refunds }: Payment): Refund | undefined =>
  refunds.find((refund) => refund.refund_id === refund_id);
