import type { ReturnReason } from './reasons.ts';
import type { Command } from '../../shared/command.ts';
import type { Minor } from '../../shared/money.ts';
import type { RefundMethod } from '../refunds/methods.ts';
import type { ReturnPersonal } from '../events.ts';

export type RequestedReturnItem = {
  readonly order_item_id: string;
  readonly quantity: number;
  /** `null`: the return's. */
  readonly reason: ReturnReason | null;
};

export type OpenReturn = Command<
  'OpenReturn',
  {
    readonly return_id: string;
    readonly return_number: string;
    readonly reason: ReturnReason;
    /** `null`: everything that is left. */
    readonly items: readonly RequestedReturnItem[] | null;
    /** An admin's word that the window does not matter. */
    readonly force: boolean;
    readonly personal: ReturnPersonal;
  }
>;

/** The return was rejected or withdrawn. Its stream says so; the order follows. */
export type CloseReturn = Command<
  'CloseReturn',
  { readonly return_id: string; readonly outcome: 'rejected' | 'cancelled' }
>;

/** The return was processed. Its stream says what was accepted; the order decides what that is worth. */
export type SettleReturn = Command<
  'SettleReturn',
  {
    readonly return_id: string;
    readonly items: readonly { readonly order_item_id: string; readonly accepted_quantity: number }[];
    readonly reviewed_amount: Minor | null;
    readonly restocking_fee: Minor;
    readonly refund_method: RefundMethod;
  }
>;

export type OrderReturnCommand = OpenReturn | CloseReturn | SettleReturn;
