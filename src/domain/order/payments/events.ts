import type { PaymentMethod } from './methods.ts';
import type { Personal } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import type { MetaData } from '../../shared/remarks.ts';
import type { ReasonCategory, RefundMethod } from '../refunds/methods.ts';

type OfPayment = { readonly payment_id: string; readonly amount: Minor; readonly method: PaymentMethod };

/** Money is on its way: the order has room for it, and keeps that room. A receipt outside the gateway needs no room. */
export type PaymentStarted = { readonly type: 'PaymentStarted'; readonly data: OfPayment };

export type PaymentCaptured = { readonly type: 'PaymentCaptured'; readonly data: OfPayment };

/** Declined, or cancelled on the way: its room is free again. */
export type PaymentFailed = { readonly type: 'PaymentFailed'; readonly data: { readonly payment_id: string } };

/** What the shop gives up. `cancellation`: of units that are invoiced, or of everything when the books are closed. */
export const CREDIT_KINDS = ['return', 'line', 'shipping', 'goodwill', 'cancellation'] as const;
export type CreditKind = (typeof CREDIT_KINDS)[number];

/** `quantity` 0: an amount of the line, rather than so many of its units. */
export type CreditedItem = { readonly order_item_id: string; readonly quantity: number; readonly amount: Minor };

export type CreditParts = {
  readonly items: readonly CreditedItem[];
  readonly shipping: Minor;
  readonly goodwill: Minor;
};

/**
 * The shop gives up a part of what was agreed. A settled return does so by `ReturnSettled`; every other credit is one of
 * these. With something invoiced, each is one credit memo.
 */
export type OrderCredited = {
  readonly type: 'OrderCredited';
  readonly data: {
    readonly credit_id: string;
    readonly kind: Exclude<CreditKind, 'return'>;
    /** The sum of the parts. */
    readonly amount: Minor;
    readonly parts: CreditParts;
    /** What of it goes back in money or store credit. The rest is set off against what was due. */
    readonly pays: Minor;
    /** Of something invoiced: a credit memo is due. */
    readonly invoiced: boolean;
    readonly reason_category: ReasonCategory | null;
    /** The units named in it are on the shelf again. */
    readonly restock: boolean;
    readonly personal?: Personal<{ readonly note: string }>;
  };
};

/** Why money goes back: for a credit, for more than is owed, or because an admin moved it without giving anything up. */
export const REFUND_KINDS = [...CREDIT_KINDS, 'overpaid', 'money'] as const;
export type RefundKind = (typeof REFUND_KINDS)[number];

export type AllocatedRefund = {
  readonly refund_id: string;
  readonly payment_id: string;
  readonly amount: Minor;
  /** The way it really goes: never `original_payment` where no gateway holds the money. */
  readonly method: RefundMethod;
};

/** What a refund belongs to. */
export type RefundPurpose = { readonly kind: RefundKind; readonly return_id: string | null };

/** How an amount is split over payments, decided once, before the first of them is asked for. */
export type RefundAllocated = {
  readonly type: 'RefundAllocated';
  readonly data: RefundPurpose & {
    /** The credit it pays, if one. */
    readonly credit_id: string | null;
    readonly refunds: readonly AllocatedRefund[];
    /** Refunds that failed or were not paid out, in whose stead these go. They count no more. */
    readonly replaces: readonly string[];
    /** By hand: what people pay out was paid out already. */
    readonly paid_out: boolean;
    readonly reason_category: ReasonCategory | null;
    readonly personal?: Personal<RefundRemarks>;
  };
};

/** What an admin said to a refund by hand. */
export type RefundRemarks = { readonly reason?: string; readonly meta_data?: MetaData };

/** Money went back. */
export type PaymentRefunded = { readonly type: 'PaymentRefunded'; readonly data: AllocatedRefund & RefundPurpose };

/** A refund failed for good: its money is still here, and a person says what becomes of it. */
export type PaymentRefundFailed = {
  readonly type: 'PaymentRefundFailed';
  readonly data: AllocatedRefund & RefundPurpose;
};

/** People paid out a refund: one that waited for them, or one that failed. `method`: how they did. */
export type RefundResolved = {
  readonly type: 'RefundResolved';
  readonly data: AllocatedRefund & RefundPurpose & { readonly personal?: Personal<{ readonly note: string }> };
};

/** Nothing is to go back any more: a refund that failed or waited is given up. */
export type RefundWithdrawn = {
  readonly type: 'RefundWithdrawn';
  readonly data: AllocatedRefund & RefundPurpose & { readonly personal?: Personal<{ readonly note: string }> };
};

export type OrderMoneyEvent =
  | PaymentStarted
  | PaymentCaptured
  | PaymentFailed
  | OrderCredited
  | RefundAllocated
  | PaymentRefunded
  | PaymentRefundFailed
  | RefundResolved
  | RefundWithdrawn;
