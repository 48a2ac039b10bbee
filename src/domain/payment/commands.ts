import type { Command } from '../shared/command.ts';
import type { MetaData } from '../shared/remarks.ts';
import type { AddNote } from '../shared/notes.ts';
import type { PaymentInitiated, PaymentPersonal, RefundPaidOut, RefundRequested } from './events.ts';

export type InitiatePayment = Command<'InitiatePayment', PaymentInitiated['data']>;

/** Only after the order has reserved its amount (`StartPayment`). */
export type StartProcessing = Command<'StartProcessing'>;

/** The outcome from the gateway, or from an admin if no gateway moved the money. A repeat changes nothing. */
export type CompletePayment = Command<
  'CompletePayment',
  { readonly transaction_id: string | null; readonly gateway_response?: MetaData | undefined }
>;
export type DeclinePayment = Command<
  'DeclinePayment',
  { readonly failure_reason: string; readonly gateway_response?: MetaData | undefined }
>;

export type CancelPayment = Command<'CancelPayment'>;

/** Reserves an amount for a refund, before any gateway is asked. */
export type RequestRefund = Command<'RequestRefund', RefundRequested['data']>;
export type CompleteRefund = Command<'CompleteRefund', { readonly refund_id: string }>;
export type DeclineRefund = Command<'DeclineRefund', { readonly refund_id: string; readonly failure_reason: string }>;

/** The order has recorded that people paid it out. */
export type PayOutRefund = Command<'PayOutRefund', RefundPaidOut['data']>;
/** The order has withdrawn this refund. */
export type ReleaseRefund = Command<'ReleaseRefund', { readonly refund_id: string }>;

/** Fields that are left out keep their values. Notes of staff are added as a note. */
export type ChangePaymentDetails = Command<
  'ChangePaymentDetails',
  {
    readonly transaction_id?: string | null;
    /** For a note of staff. Default false. */
    readonly visible_to_customer?: boolean | undefined;
  } & Partial<PaymentPersonal>
>;

export type PaymentCommand =
  | InitiatePayment
  | StartProcessing
  | CompletePayment
  | DeclinePayment
  | CancelPayment
  | RequestRefund
  | CompleteRefund
  | DeclineRefund
  | PayOutRefund
  | ReleaseRefund
  | ChangePaymentDetails
  | AddNote;
