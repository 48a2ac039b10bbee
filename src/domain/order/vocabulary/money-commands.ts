import type { Command } from '../../shared/command.ts';
import type { Minor } from '../../shared/money.ts';
import type { MetaData } from '../../shared/remarks.ts';
import type { AllocatedRefund, PaymentCaptured, PaymentFailed, PaymentStarted, RefundPurpose } from './money-events.ts';
import type { ReasonCategory } from './reasons.ts';
import type { RefundMethod } from './refund-methods.ts';

/** Reserves an amount on the order for a payment, before any gateway is asked. */
export type StartPayment = Command<'StartPayment', PaymentStarted['data']>;

/** The outcome of a payment, from the payment's stream. A repeat changes nothing. */
export type RecordCapture = Command<'RecordCapture', PaymentCaptured['data']>;
export type RecordPaymentFailure = Command<'RecordPaymentFailure', PaymentFailed['data']>;
export type RecordRefund = Command<'RecordRefund', AllocatedRefund & RefundPurpose>;
export type RecordRefundFailure = Command<'RecordRefundFailure', AllocatedRefund & RefundPurpose>;

/** Sent by the process after a capture: confirms a pending order that is paid. */
export type ConfirmPaidOrder = Command<'ConfirmPaidOrder'>;

/** Sent by the process after anything that can change the overpaid amount: refunds it. */
export type RefundOverpaid = Command<'RefundOverpaid'>;

/** An admin allocates the money of a settled return: the first time, or anew for the part that failed. */
export type RefundReturn = Command<
  'RefundReturn',
  { readonly return_id: string; /** Default: the settlement's. */ readonly method?: RefundMethod | undefined }
>;

/** Refunds money of one payment. The part that is neither overpaid nor failed is credited if `credit` is true. */
export type RefundByHand = Command<
  'RefundByHand',
  {
    readonly payment_id: string;
    /** No amount: all that is left of this payment. */
    readonly amount: Minor | null;
    /** Default: whether the order is invoiced. */
    readonly credit?: boolean | undefined;
    readonly method?: RefundMethod | undefined;
    readonly reason_category?: ReasonCategory | undefined;
    readonly reason?: string | undefined;
    readonly meta_data?: MetaData | undefined;
  }
>;

/** Without quantity and amount: the rest of the line. */
export type ItemToCredit = {
  readonly order_item_id: string;
  readonly quantity?: number | undefined;
  readonly amount?: Minor | undefined;
};

/** The shop gives up an amount for a reason, and refunds the part that is then overpaid. */
export type RefundOrder = Command<
  'RefundOrder',
  {
    readonly items?: readonly ItemToCredit[] | undefined;
    readonly shipping?: Minor | undefined;
    readonly goodwill?: Minor | undefined;
    readonly reason_category: ReasonCategory;
    readonly note?: string | undefined;
    readonly restock?: boolean | undefined;
    readonly method?: RefundMethod | undefined;
  }
>;

export const RESOLUTIONS = ['retry', 'bank_transfer', 'cash', 'store_credit', 'other_payment', 'withdraw'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** A person resolves a refund that failed or that waits to be paid out. */
export type ResolveRefund = Command<
  'ResolveRefund',
  {
    readonly refund_id: string;
    readonly method: Resolution;
    /** For `other_payment`. */
    readonly payment_id?: string | undefined;
    readonly note?: string | undefined;
  }
>;

export type OrderMoneyCommand =
  | StartPayment
  | RecordCapture
  | RecordPaymentFailure
  | RecordRefund
  | RecordRefundFailure
  | ConfirmPaidOrder
  | RefundOverpaid
  | RefundReturn
  | RefundByHand
  | RefundOrder
  | ResolveRefund;
