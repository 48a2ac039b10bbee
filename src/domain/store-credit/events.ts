import type { ReasonCategory } from '../order/index.ts';
import type { Personal } from '../shared/decider.ts';
import type { Currency, Minor } from '../shared/money.ts';

/** Why a balance moved. `adjustment`: an admin gave or took it. */
export const ENTRY_KINDS = ['return', 'refund', 'payment', 'adjustment'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

type Entry = {
  readonly customer_id: string;
  readonly currency: Currency;
  /** The refund, the payment or the command that caused it, so that no entry is made twice. */
  readonly entry_id: string;
  /** Above 0. */
  readonly amount: Minor;
  readonly kind: EntryKind;
  readonly order_id: string | null;
  readonly return_id: string | null;
  readonly reason_category: ReasonCategory | null;
  readonly personal?: Personal<{ readonly note: string }>;
};

export type StoreCreditGiven = { readonly type: 'StoreCreditGiven'; readonly data: Entry };
export type StoreCreditSpent = { readonly type: 'StoreCreditSpent'; readonly data: Entry };

/** Events of `store_credit-<uuid>`: the balance of one customer in one currency. */
export type StoreCreditEvent = StoreCreditGiven | StoreCreditSpent;
