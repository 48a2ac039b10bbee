import type { Command } from '../shared/command.ts';
import type { RefundMethod, ReturnMoney, ReturnReason } from '../order/index.ts';
import type { AddNote } from '../shared/notes.ts';
import type { Minor } from '../shared/money.ts';
import type { GivenRemarks, MetaData } from '../shared/remarks.ts';
import type { Disposition, ReturnExchanged, ReturnInitiated } from './events.ts';

/** Follows `ReturnOpened` on the order; `initiationOf` makes the data. */
export type InitiateReturn = Command<'InitiateReturn', ReturnInitiated['data']>;

/** The part of an action for one line. Left out: all units, `restock`. */
export type ReturnActionItem = {
  readonly order_item_id: string;
  readonly received_quantity?: number | undefined;
  readonly condition?: string | undefined;
  readonly condition_notes?: string | undefined;
  readonly accepted_quantity?: number | undefined;
  readonly disposition?: Disposition | undefined;
  /** With `process`: the reason as inspection found it. Default: as it was asked. */
  readonly reason?: ReturnReason | undefined;
};

/**
 * A verb of the transition table, or the status it leads to, in any spelling people use. `refund` is only checked here:
 * The order decides whether money is refunded (`RefundReturn`), and this return follows.
 */
export type TakeReturnAction = Command<
  'TakeReturnAction',
  GivenRemarks & {
    readonly action: string;
    /** For `receive` and `process`. Lines left out: all their units. */
    readonly items?: readonly ReturnActionItem[] | undefined;
    /** For `process`. Default 0. */
    readonly restocking_fee?: Minor | undefined;
    /** For `process`: the value before the fee, in the state of the order that was read. The fee is at most this. */
    readonly value?: Minor | undefined;
    /** For `process` and `refund`. Default: original_payment, or for `refund` the method given before. */
    readonly refund_method?: RefundMethod | undefined;
    /** For `refund`: the return's money, in the state of the order that was read. */
    readonly money?: ReturnMoney | undefined;
  }
>;

/** Processes a return that was received: its store credit pays for the new order in `exchanged`. */
export type ExchangeReturn = Command<
  'ExchangeReturn',
  Pick<TakeReturnAction['data'], 'items' | 'restocking_fee' | 'value'> & { readonly exchanged: ReturnExchanged['data'] }
>;

export const REVIEW_DECISIONS = ['approved', 'rejected'] as const;

export type ReviewReturn = Command<
  'ReviewReturn',
  {
    readonly decision: (typeof REVIEW_DECISIONS)[number];
    /** For a rejection: its reason. */
    readonly notes: string;
    /** The maximum refund, above 0 and never above the estimate. */
    readonly refund_amount?: Minor | undefined;
    /** Refunds the shipping too, due or not. Default false. */
    readonly adds_shipping?: boolean | undefined;
    /** The estimate with that shipping, in the state of the order that was read. */
    readonly estimate?: Minor | undefined;
  }
>;

/** Fields that are left out keep their values. */
export type ChangeReturnDetails = Command<
  'ChangeReturnDetails',
  {
    readonly notes?: string | null;
    /** For a note of staff. Default false. */
    readonly visible_to_customer?: boolean | undefined;
    readonly tracking_number?: string | null;
    readonly meta_data?: MetaData | null;
  }
>;

/** Sent by the clock: ends a return whose goods have not come for so many days. Does nothing before that. */
export type ExpireReturn = Command<'ExpireReturn', { readonly days: number }>;

/** The order has recorded that the money was refunded, or that there was none to refund. */
export type RecordReturnRefunded = Command<'RecordReturnRefunded', { readonly refunded_amount: Minor }>;

export type ReturnCommand =
  | InitiateReturn
  | TakeReturnAction
  | ExchangeReturn
  | ReviewReturn
  | ChangeReturnDetails
  | ExpireReturn
  | RecordReturnRefunded
  | AddNote;
