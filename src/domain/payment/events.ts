import type { AllocatedRefund, PaymentMethod, RefundMethod, RefundPurpose, RefundRemarks } from '../order/index.ts';
import type { NoteAdded } from '../shared/notes.ts';
import type { Personal } from '../shared/decider.ts';
import type { Currency, Minor } from '../shared/money.ts';
import type { MetaData } from '../shared/remarks.ts';

export type PaymentPersonal = {
  readonly notes: string | null;
  readonly meta_data: MetaData | null;
  readonly gateway_response: MetaData | null;
};

export type PaymentInitiated = {
  readonly type: 'PaymentInitiated';
  readonly data: {
    readonly payment_number: string;
    readonly order_id: string;
    readonly customer_id: string;
    readonly method: PaymentMethod;
    readonly amount: Minor;
    readonly currency: Currency;
    readonly transaction_id: string | null;
    readonly personal: Personal<Pick<PaymentPersonal, 'notes' | 'meta_data'>>;
  };
};

/** The order has reserved its amount: from now on a gateway may have been asked. */
export type PaymentProcessingStarted = { readonly type: 'PaymentProcessingStarted'; readonly data: object };

/** The gateway's response, unchanged. */
type GatewayWord = { readonly personal?: Personal<Pick<PaymentPersonal, 'gateway_response'>> };

export type PaymentCompleted = {
  readonly type: 'PaymentCompleted';
  readonly data: { readonly transaction_id: string | null } & GatewayWord;
};

export type PaymentDeclined = {
  readonly type: 'PaymentDeclined';
  readonly data: { readonly failure_reason: string } & GatewayWord;
};

export type PaymentCancelled = { readonly type: 'PaymentCancelled'; readonly data: object };

/** The amount is reserved: no concurrent refund can take it. */
export type RefundRequested = {
  readonly type: 'RefundRequested';
  readonly data: Omit<AllocatedRefund, 'payment_id'> & RefundPurpose & { readonly personal?: Personal<RefundRemarks> };
};

export type RefundCompleted = { readonly type: 'RefundCompleted'; readonly data: { readonly refund_id: string } };

/** Failed permanently: the amount is no longer reserved. */
export type RefundDeclined = {
  readonly type: 'RefundDeclined';
  readonly data: { readonly refund_id: string; readonly failure_reason: string };
};

/** People paid it out, after it had waited for them or failed. The amount is lower if less was still overpaid. */
export type RefundPaidOut = {
  readonly type: 'RefundPaidOut';
  readonly data: { readonly refund_id: string; readonly amount: Minor; readonly method: RefundMethod };
};

/** It will not be paid out: the amount is no longer reserved. */
export type RefundReleased = { readonly type: 'RefundReleased'; readonly data: { readonly refund_id: string } };

export type PaymentDetailsChanged = {
  readonly type: 'PaymentDetailsChanged';
  readonly data: {
    readonly transaction_id?: string | null;
    readonly personal?: Personal<Partial<PaymentPersonal>>;
  };
};

export type PaymentEvent =
  | PaymentInitiated
  | PaymentProcessingStarted
  | PaymentCompleted
  | PaymentDeclined
  | PaymentCancelled
  | RefundRequested
  | RefundCompleted
  | RefundDeclined
  | RefundPaidOut
  | RefundReleased
  | PaymentDetailsChanged
  | NoteAdded;
