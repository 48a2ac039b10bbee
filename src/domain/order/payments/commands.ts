import type { Command } from '../../shared/command.ts';
import type { Minor } from '../../shared/money.ts';
import type { MetaData } from '../../shared/remarks.ts';
import type {
  PaymentCaptured,
  PaymentFailed,
  PaymentRefunded,
  PaymentRefundFailed,
  PaymentStarted,
} from '../events.ts';

/** Asks the order for room for a payment, before any gateway hears of it. */
export type StartPayment = Command<'StartPayment', PaymentStarted['data']>;

/** What became of the money, as the payment's stream says. Repeating one changes nothing. */
export type RecordCapture = Command<'RecordCapture', PaymentCaptured['data']>;
export type RecordPaymentFailure = Command<'RecordPaymentFailure', PaymentFailed['data']>;
export type RecordRefund = Command<'RecordRefund', PaymentRefunded['data']>;
export type RecordRefundFailure = Command<'RecordRefundFailure', PaymentRefundFailed['data']>;

/** A policy's, after money came in: confirms a pending order that is paid. */
export type ConfirmPaidOrder = Command<'ConfirmPaidOrder'>;

/** A policy's, after a cancellation, a modification, or money that came in: gives back what is here without a reason. */
export type RefundOverpayment = Command<'RefundExcess'>;

/** Allocates the money of a settled return: the first time, or anew for the part that failed for good. */
export type RefundReturn = Command<'RefundReturn', { readonly return_id: string }>;

/** No amount: all that this payment has left. */
export type RefundByHand = Command<
  'RefundByHand',
  {
    readonly payment_id: string;
    readonly amount: Minor | null;
    readonly reason?: string | undefined;
    readonly meta_data?: MetaData | undefined;
  }
>;

export type OrderMoneyCommand =
  | StartPayment
  | RecordCapture
  | RecordPaymentFailure
  | RecordRefund
  | RecordRefundFailure
  | ConfirmPaidOrder
  | RefundOverpayment
  | RefundReturn
  | RefundByHand;
