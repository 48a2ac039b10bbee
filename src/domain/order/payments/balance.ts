import { sum, type Minor } from '../../shared/money.ts';
import type { Order, OrderPayment, OrderRefund } from '../state.ts';

type Moneyed = Pick<Order, 'payments' | 'refunds'>;

const paymentsThat = ({ payments }: Moneyed, status: OrderPayment['status']): Minor =>
  sum(payments.filter((payment) => payment.status === status).map(({ amount }) => amount));

const refundsThat = (refunds: readonly OrderRefund[], status: OrderRefund['status']): Minor =>
  sum(refunds.filter((refund) => refund.status === status).map(({ amount }) => amount));

/** Money that a gateway has been asked for, without an answer yet. */
export const inFlight = (order: Moneyed): Minor => paymentsThat(order, 'in_flight');

/** Money that came in, whatever went back since. */
export const captured = (order: Moneyed): Minor => paymentsThat(order, 'captured');

/** Money that really went back. */
export const refunded = ({ refunds }: Moneyed): Minor => refundsThat(refunds, 'done');

/** Money on its way back. */
export const beingRefunded = ({ refunds }: Moneyed): Minor => refundsThat(refunds, 'pending');

/** Money that is here and not yet promised back. */
export const refundable = (order: Moneyed): Minor => captured(order) - refunded(order) - beingRefunded(order);

/** The same of one payment. */
export const refundableOf = ({ payments, refunds }: Moneyed, payment_id: string): Minor =>
  refundable({
    payments: payments.filter((payment) => payment.payment_id === payment_id),
    refunds: refunds.filter((refund) => refund.payment_id === payment_id),
  });

/** What went back, and what is on its way back, for one return. */
export const refundedFor = (
  { refunds }: Moneyed,
  return_id: string,
): { readonly done: Minor; readonly pending: Minor } => {
  const own = refunds.filter((refund) => refund.return_id === return_id);
  return { done: refundsThat(own, 'done'), pending: refundsThat(own, 'pending') };
};

/** Whether cancelling sends money back: some is here, or may still arrive. */
export const isRefundInitiated = (order: Moneyed): boolean =>
  captured(order) - refunded(order) > 0 || inFlight(order) > 0;
