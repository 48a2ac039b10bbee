import type { PaymentMethod } from './payment-methods.ts';
import type { Personal } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import type { MetaData } from '../../shared/remarks.ts';
import type { UnitRange } from './unit-ranges.ts';
import type { ReasonCategory } from './reasons.ts';
import type { RefundMethod } from './refund-methods.ts';

type OfPayment = { readonly payment_id: string; readonly amount: Minor; readonly method: PaymentMethod };

/**
 * A payment is in progress, and the order reserves its amount. Money received outside the gateway needs no reservation.
 */
export type PaymentStarted = { readonly type: 'PaymentStarted'; readonly data: OfPayment };

export type PaymentCaptured = { readonly type: 'PaymentCaptured'; readonly data: OfPayment };

/** Declined, or cancelled in progress: its amount is no longer reserved. */
export type PaymentFailed = { readonly type: 'PaymentFailed'; readonly data: { readonly payment_id: string } };

/** The kind of a credit. `cancellation`: of invoiced units, or of everything when the books are closed. */
export const CREDIT_KINDS = ['return', 'line', 'shipping', 'goodwill', 'cancellation'] as const;
export type CreditKind = (typeof CREDIT_KINDS)[number];

/** `quantity` 0: an amount of the line, not a number of its units. */
export type CreditedItem = {
  readonly order_item_id: string;
  readonly quantity: number;
  readonly amount: Minor;
  /** Particular units, at their value: the other units of the line keep theirs. */
  readonly units?: readonly UnitRange[];
};

export type CreditParts = {
  readonly items: readonly CreditedItem[];
  readonly shipping: Minor;
  readonly goodwill: Minor;
};

/** The part of a credit that has no memo: it credits what is not invoiced yet, and is deducted from invoices to come. */
export type ToDeduct = {
  /** Lowers the line. */
  readonly items: readonly { readonly order_item_id: string; readonly amount: Minor }[];
  /** Deducted from the first invoice with room. */
  readonly rest: Minor;
};

/**
 * Whether a credit is of something invoiced. The part of it that is not is deducted later; absent: it is all or nothing.
 */
export type CreditsInvoiced = {
  /** It credits something invoiced: a credit memo is due. */
  readonly invoiced: boolean;
  readonly to_deduct?: ToDeduct;
  /** The Waybill that it was imported from issued the credit memo. */
  readonly external_memo?: true;
};

/**
 * The shop gives up a part of the agreed amount. A settled return does so by `ReturnSettled`; every other credit is one
 * of these. If something is invoiced, each makes one credit memo.
 */
export type OrderCredited = {
  readonly type: 'OrderCredited';
  readonly data: CreditsInvoiced & {
    readonly credit_id: string;
    readonly kind: Exclude<CreditKind, 'return'>;
    /** The sum of the parts. */
    readonly amount: Minor;
    readonly parts: CreditParts;
    /** The part that is refunded in money or store credit. The rest is set off against the amount due. */
    readonly pays: Minor;
    readonly reason_category: ReasonCategory | null;
    /** Its units are back in stock. */
    readonly restock: boolean;
    readonly personal?: Personal<{ readonly note: string }>;
  };
};

/** Why money is refunded: for a credit, because more was paid than is owed, or by an admin without a credit. */
export const REFUND_KINDS = [...CREDIT_KINDS, 'overpaid', 'money'] as const;
export type RefundKind = (typeof REFUND_KINDS)[number];

export type AllocatedRefund = {
  readonly refund_id: string;
  readonly payment_id: string;
  readonly amount: Minor;
  /** The method actually used: never `original_payment` if no gateway has the money. */
  readonly method: RefundMethod;
};

/** The subject of a refund. */
export type RefundPurpose = { readonly kind: RefundKind; readonly return_id: string | null };

/** How an amount is split over payments, decided once, before the first refund is requested. */
export type RefundAllocated = {
  readonly type: 'RefundAllocated';
  readonly data: RefundPurpose & {
    /** The credit that it pays, if any. */
    readonly credit_id: string | null;
    readonly refunds: readonly AllocatedRefund[];
    /** Refunds that failed or were not paid out, and that these replace. They no longer count. */
    readonly replaces: readonly string[];
    /** Failed refunds that these cover in part, with the amount that stays failed. */
    readonly lowers?: readonly { readonly refund_id: string; readonly amount: Minor }[];
    /** By hand: refunds that people pay out are already paid out. */
    readonly paid_out: boolean;
    readonly reason_category: ReasonCategory | null;
    readonly personal?: Personal<RefundRemarks>;
  };
};

/** An admin's text on a refund by hand. */
export type RefundRemarks = { readonly reason?: string; readonly meta_data?: MetaData };

/** A refund completed. */
export type PaymentRefunded = { readonly type: 'PaymentRefunded'; readonly data: AllocatedRefund & RefundPurpose };

/** A refund failed permanently: the shop still has its money, and a person must resolve it. */
export type PaymentRefundFailed = {
  readonly type: 'PaymentRefundFailed';
  readonly data: AllocatedRefund & RefundPurpose;
};

/** People paid out a refund that waited for them or that failed. `method`: how they paid it. */
export type RefundResolved = {
  readonly type: 'RefundResolved';
  readonly data: AllocatedRefund & RefundPurpose & { readonly personal?: Personal<{ readonly note: string }> };
};

/** A refund that failed or waited is withdrawn: it is no longer owed. */
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
