import {
  refundedAmount,
  refundStatus,
  type Order,
  type OrderPayment,
  type OrderReturn,
} from '../../domain/order/index.ts';
import type { PaymentStatus } from '../../domain/payment/index.ts';
import { sum, type Minor } from '../../domain/shared/money.ts';

type Major = (amount: Minor) => number;

const paymentStatus = ({ status, amount }: OrderPayment, refunded: Minor): PaymentStatus => {
  if (status !== 'captured') return status === 'failed' ? 'failed' : 'processing';
  if (refunded === 0) return 'completed';
  return refunded < amount ? 'partially_refunded' : 'refunded';
};

/** The payments that were begun, as the order knows them. */
export const paymentSummaries = ({ payments, refunds }: Order, major: Major) =>
  payments.map((payment) => {
    const { payment_id, amount } = payment;
    const done = refunds.filter((refund) => refund.payment_id === payment_id && refund.status === 'done');
    const refunded = sum(done.map((refund) => refund.amount));
    const status = paymentStatus(payment, refunded);
    return { id: payment_id, status, amount: major(amount), refunded_amount: major(refunded) };
  });

/** How far a return has got, as its order knows it: the steps between are the return's own. */
const returnStatus = ({ status, outcome }: OrderReturn) =>
  status === 'closed' ? (outcome ?? 'refunded') : status === 'settled' ? 'processed' : 'open';

export const returnSummaries = (order: Order, major: Major) =>
  order.returns.map((one) => ({
    id: one.return_id,
    return_number: one.return_number,
    status: returnStatus(one),
    refund_amount: one.settlement === null ? null : major(one.settlement.amount),
    refunded_amount: major(refundedAmount(order, one.return_id)),
    refund_status: refundStatus(order, one.return_id),
  }));
