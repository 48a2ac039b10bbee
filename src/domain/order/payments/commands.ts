import type { Command } from '../../shared/command.ts';
import type { Minor } from '../../shared/money.ts';
import type { MetaData } from '../../shared/remarks.ts';
import type { AllocatedRefund, PaymentCaptured, PaymentFailed, PaymentStarted, RefundPurpose } from './events.ts';
import type { ReasonCategory, RefundMethod } from '../refunds/methods.ts';

/** Asks the order for room for a payment, before any gateway hears of it. */
export type StartPayment = Command<'StartPayment', PaymentStarted['data']>;

/** What became of the money, as the payment's stream says. Repeating one changes nothing. */
export type RecordCapture = Command<'RecordCapture', PaymentCaptured['data']>;
export type RecordPaymentFailure = Command<'RecordPaymentFailure', PaymentFailed['data']>;
export type RecordRefund = Command<'RecordRefund', AllocatedRefund & RefundPurpose>;
export type RecordRefundFailure = Command<'RecordRefundFailure', AllocatedRefund & RefundPurpose>;

/** The process's, after money came in: confirms a pending order that is paid. */
export type ConfirmPaidOrder = Command<'ConfirmPaidOrder'>;

/** The process's, after anything that can change what is overpaid: gives it back. */
export type RefundOverpaid = Command<'RefundOverpaid'>;

/** An admin allocates the money of a settled return: the first time, or anew for the part that failed. */
export type RefundReturn = Command<
  'RefundReturn',
  { readonly return_id: string; /** Default: the settlement's. */ readonly method?: RefundMethod | undefined }
>;

/** Money of one payment goes back. What is neither overpaid nor failed of it is credited where `credit` says so. */
export type RefundByHand = Command<
  'RefundByHand',
  {
    readonly payment_id: string;
    /** No amount: all that this payment has left. */
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

/** The shop gives something up, for a reason, and pays back what is then overpaid of it. */
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

/** A person says what becomes of a refund that failed, or that was to be paid out. */
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
