import type { Personal } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import type { MetaData } from '../../shared/remarks.ts';

/** Money is on its way: the order has room for it, and keeps that room. */
export type PaymentStarted = {
  readonly type: 'PaymentStarted';
  readonly data: { readonly payment_id: string; readonly amount: Minor };
};

export type PaymentCaptured = {
  readonly type: 'PaymentCaptured';
  readonly data: { readonly payment_id: string; readonly amount: Minor };
};

/** Declined, or cancelled on the way: its room is free again. */
export type PaymentFailed = { readonly type: 'PaymentFailed'; readonly data: { readonly payment_id: string } };

/** Why money goes back. `excess`: more was captured than the order costs. */
export type RefundCause = 'return' | 'cancellation' | 'excess' | 'manual';

/** How an amount is split over payments, decided once, before the first of them is asked for. */
export type RefundAllocated = {
  readonly type: 'RefundAllocated';
  readonly data: {
    readonly cause: RefundCause;
    readonly return_id: string | null;
    readonly refunds: readonly AllocatedRefund[];
    readonly personal?: Personal<RefundRemarks>;
  };
};

/** What an admin said to a refund by hand. */
export type RefundRemarks = { readonly reason?: string; readonly meta_data?: MetaData };

export type AllocatedRefund = { readonly refund_id: string; readonly payment_id: string; readonly amount: Minor };

/** Money went back. */
export type PaymentRefunded = {
  readonly type: 'PaymentRefunded';
  readonly data: AllocatedRefund & { readonly cause: RefundCause; readonly return_id: string | null };
};

/** A refund failed for good: its money is still here, and may be allocated anew. */
export type PaymentRefundFailed = {
  readonly type: 'PaymentRefundFailed';
  readonly data: AllocatedRefund & { readonly cause: RefundCause; readonly return_id: string | null };
};

export type OrderMoneyEvent =
  PaymentStarted | PaymentCaptured | PaymentFailed | RefundAllocated | PaymentRefunded | PaymentRefundFailed;
