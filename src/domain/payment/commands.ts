import type { Command } from '../shared/command.ts';
import type { MetaData } from '../shared/remarks.ts';
import type { AddNote } from '../shared/notes.ts';
import type { PaymentInitiated, PaymentPersonal, RefundPaidOut, RefundRequested } from './events.ts';

export type InitiatePayment = Command<'InitiatePayment', PaymentInitiated['data']>;

/** Only after the order made room for it (`StartPayment`). */
export type StartProcessing = Command<'StartProcessing'>;

/** What the gateway said, or an admin about money that no gateway moved. Repeating one changes nothing. */
export type CompletePayment = Command<
  'CompletePayment',
  { readonly transaction_id: string | null; readonly gateway_response?: MetaData | undefined }
>;
export type DeclinePayment = Command<
  'DeclinePayment',
  { readonly failure_reason: string; readonly gateway_response?: MetaData | undefined }
>;

export type CancelPayment = Command<'CancelPayment'>;

/** Reserves an amount to give back, before any gateway hears of it. */
export type RequestRefund = Command<'RequestRefund', RefundRequested['data']>;
export type CompleteRefund = Command<'CompleteRefund', { readonly refund_id: string }>;
export type DeclineRefund = Command<'DeclineRefund', { readonly refund_id: string; readonly failure_reason: string }>;

/** The order says that people paid it out. */
export type PayOutRefund = Command<'PayOutRefund', RefundPaidOut['data']>;
/** The order says that nothing goes back by this refund any more. */
export type ReleaseRefund = Command<'ReleaseRefund', { readonly refund_id: string }>;

/** What is left out stays as it is. Notes of staff become a note of theirs. */
export type ChangePaymentDetails = Command<
  'ChangePaymentDetails',
  {
    readonly transaction_id?: string | null;
    /** Of a note that staff write. Default false. */
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
