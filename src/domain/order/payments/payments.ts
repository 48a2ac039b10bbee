import { isReceipt } from '../vocabulary/payment-methods.ts';
import { accept, type Decision } from '../../shared/decider.ts';
import { actionContext } from '../actions/allowed-actions.ts';
import type { RecordCapture, RecordPaymentFailure, StartPayment } from '../vocabulary/commands.ts';
import type { OrderConfirmed, OrderEvent } from '../vocabulary/events.ts';
import { isPaid, ledgerOf } from '../ledger/index.ts';
import type { OrderSettings } from '../settings.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import type { Order } from '../vocabulary/state.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/**
 * A payment may be started for the amount that is due and not already being paid. Money received outside any gateway is
 * a fact on any order: the overpaid part is refunded.
 */
export const startPayment = ({ data, by }: StartPayment, order: Order, settings: OrderSettings): Decided => {
  if (order.payments.some(({ payment_id }) => payment_id === data.payment_id)) return accept();
  const { amount_due, being_paid } = ledgerOf(order);
  return isReceipt(data.method) || being_paid + data.amount <= amount_due
    ? accept({ type: 'PaymentStarted', data })
    : {
        rejected: 'payment.exceeds_amount_due',
        amount_due,
        in_flight: being_paid,
        ...actionContext(order, by.role, settings),
      };
};

/** Money was captured. That is a fact, even if the order has changed in the meantime. */
export const recordCapture = ({ data }: RecordCapture, order: Order): Decided =>
  order.payments.some(({ payment_id, status }) => payment_id === data.payment_id && status === 'captured')
    ? accept()
    : accept({ type: 'PaymentCaptured', data });

export const recordPaymentFailure = ({ data }: RecordPaymentFailure, order: Order): Decided =>
  order.payments.some(({ payment_id, status }) => payment_id === data.payment_id && status === 'in_flight')
    ? accept({ type: 'PaymentFailed', data })
    : accept();

/** Confirms an order that is paid, if the merchant's settings say so. While it is held, that waits. */
export const confirmPaidOrder = (
  order: Order,
  settings: OrderSettings,
): { readonly accepted: readonly OrderConfirmed[] } =>
  settings.autoConfirmOnPayment && order.status === 'pending' && order.held === null && isPaid(order)
    ? accept({ type: 'OrderConfirmed', data: {} })
    : accept();
