import type { ReturnReason } from './reasons.ts';
import type { Command } from '../../shared/command.ts';
import type { Minor } from '../../shared/money.ts';
import type { RefundMethod } from './refund-methods.ts';
import type { RETURN_OUTCOMES, ReturnPersonal, SettledItem } from './events.ts';

export type RequestedReturnItem = {
  readonly order_item_id: string;
  readonly quantity: number;
  /** `null`: the reason of the return. */
  readonly reason: ReturnReason | null;
};

export type OpenReturn = Command<
  'OpenReturn',
  {
    readonly return_id: string;
    readonly return_number: string;
    readonly reason: ReturnReason;
    /** `null`: all units that are left. */
    readonly items: readonly RequestedReturnItem[] | null;
    /** An admin opens it although the return window is over. */
    readonly force: boolean;
    readonly personal: ReturnPersonal;
  }
>;

/** The return ended in its own stream without goods: rejected, withdrawn, or never sent. The order follows. */
export type CloseReturn = Command<
  'CloseReturn',
  { readonly return_id: string; readonly outcome: Exclude<(typeof RETURN_OUTCOMES)[number], 'refunded'> }
>;

/** The return was processed. Its stream has the accepted units; the order decides on their value. */
export type SettleReturn = Command<
  'SettleReturn',
  {
    readonly return_id: string;
    readonly items: readonly Omit<SettledItem, 'units'>[];
    readonly reviewed_amount: Minor | null;
    /** A reviewer decided that shipping is refunded too. Default false. */
    readonly adds_shipping?: boolean;
    readonly restocking_fee: Minor;
    readonly refund_method: RefundMethod;
    /** The refund is allocated at once, whatever the settings say. Default false. */
    readonly refunds_at_once?: boolean;
  }
>;

export type OrderReturnCommand = OpenReturn | CloseReturn | SettleReturn;
