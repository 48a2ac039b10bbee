import { isReceipt } from './methods.ts';
import { accept, type Decision } from '../../shared/decider.ts';
import { actionContext } from '../lifecycle/allowed-actions.ts';
import type { RecordCapture, RecordPaymentFailure, StartPayment } from '../commands.ts';
import type { OrderConfirmed, OrderEvent } from '../events.ts';
import { isPaid, ledgerOf } from '../ledger/index.ts';
import type { OrderSettings } from '../settings.ts';
import type { OrderRejection } from '../rejections.ts';
import type { Order } from '../state.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/**
 * Money may be asked for as far as it is due and not already on its way. Money that came in outside any gateway is a fact,
 * on any order: what is too much goes back.
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

/** Money came in. That is a fact, whatever has become of the order meanwhile. */
export const recordCapture = ({ data }: RecordCapture, order: Order): Decided =>
  order.payments.some(({ payment_id, status }) => payment_id === data.payment_id && status === 'captured')
    ? accept()
    : accept({ type: 'PaymentCaptured', data });

export const recordPaymentFailure = ({ data }: RecordPaymentFailure, order: Order): Decided =>
  order.payments.some(({ payment_id, status }) => payment_id === data.payment_id && status === 'in_flight')
    ? accept({ type: 'PaymentFailed', data })
    : accept();

/** An order that is paid is confirmed, where the merchant wants that. */
export const confirmPaidOrder = (
  order: Order,
  settings: OrderSettings,
): { readonly accepted: readonly OrderConfirmed[] } =>
  settings.autoConfirmOnPayment && order.status === 'pending' && isPaid(order)
    ? accept({ type: 'OrderConfirmed', data: {} })
    : accept();
