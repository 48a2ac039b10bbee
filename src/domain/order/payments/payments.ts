import { accept, type Decision } from '../../shared/decider.ts';
import { actionContext } from '../lifecycle/allowed-actions.ts';
import { amountDue } from './amount-due.ts';
import { captured, inFlight, refunded } from './balance.ts';
import type { RecordCapture, RecordPaymentFailure, StartPayment } from '../commands.ts';
import type { OrderConfirmed, OrderEvent } from '../events.ts';
import type { OrderSettings } from '../settings.ts';
import type { OrderRejection } from '../rejections.ts';
import type { Order } from '../state.ts';
import { orderTotals } from '../pricing/totals.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/** Money may be asked for as far as it is due and not already on its way. */
export const startPayment = ({ data, by }: StartPayment, order: Order, policy: OrderSettings): Decided => {
  if (order.payments.some(({ payment_id }) => payment_id === data.payment_id)) return accept();
  const amount_due = amountDue(order);
  const in_flight = inFlight(order);
  const isOver = order.status === 'cancelled' || order.status === 'returned';
  return isOver || in_flight + data.amount > amount_due
    ? { rejected: 'payment.exceeds_amount_due', amount_due, in_flight, ...actionContext(order, by.role, policy) }
    : accept({ type: 'PaymentStarted', data });
};

/** Money came in. That is a fact, whatever has become of the order meanwhile. */
export const recordCapture = ({ data }: RecordCapture, order: Order): Decided =>
  order.payments.some(({ payment_id, status }) => payment_id === data.payment_id && status === 'captured')
    ? accept()
    : accept({ type: 'PaymentCaptured', data });

export const recordPaymentFailure = ({ data }: RecordPaymentFailure, order: Order): Decided =>
  order.payments.some(({ payment_id, status }) => payment_id === data.payment_id && status === 'in_flight')
    ? accept({ type: 'PaymentFailed', data })
    : accept();

/** Captured money that covers the total confirms the order, where the merchant wants that. */
export const confirmPaidOrder = (
  order: Order,
  policy: OrderSettings,
): { readonly accepted: readonly OrderConfirmed[] } => {
  const isCovered = captured(order) - refunded(order) >= orderTotals(order).total;
  return policy.autoConfirmOnPayment && order.status === 'pending' && isCovered
    ? accept({ type: 'OrderConfirmed', data: {} })
    : accept();
};
