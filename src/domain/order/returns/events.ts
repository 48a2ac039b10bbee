import type { ReturnReason } from './reasons.ts';
import type { Address } from '../../shared/address.ts';
import type { Personal } from '../../shared/decider.ts';
import type { RefundMethod } from '../refunds/methods.ts';
import type { Minor } from '../../shared/money.ts';
import type { MetaData } from '../../shared/remarks.ts';

/** Units `first` to `last` of a line, counted from 1. */
export type UnitRange = { readonly first: number; readonly last: number };

/** Units with what they are worth going back. */
export type ValuedUnits = UnitRange & { readonly amount: Minor };

export type ItemCondition = { readonly condition: string | null; readonly condition_notes: string | null };

/** Keyed by the order's line. */
export type ItemConditions = { readonly [order_item_id: string]: ItemCondition };

export type ReturnPersonal = {
  readonly reason_description: string | null;
  readonly return_address: Address | null;
  readonly notes: string | null;
  readonly meta_data: MetaData | null;
  readonly conditions: ItemConditions;
};

export type ReturnedItem = {
  readonly id: string;
  readonly order_item_id: string;
  readonly quantity: number;
  /** Its own, where it differs from the return's. */
  readonly reason: ReturnReason | null;
  readonly units: readonly ValuedUnits[];
};

/** Particular units are under a return from here on, at what they are worth. */
export type ReturnOpened = {
  readonly type: 'ReturnOpened';
  readonly data: {
    readonly return_id: string;
    readonly return_number: string;
    readonly reason: ReturnReason;
    /** Opened after its window, by an admin's word. */
    readonly forced: boolean;
    /** What will go back when all of it is accepted: units, and shipping if that made it due now. */
    readonly estimate: Minor;
    readonly items: readonly ReturnedItem[];
    readonly personal: Personal<ReturnPersonal>;
  };
};

export type SettledItem = {
  readonly order_item_id: string;
  readonly accepted_quantity: number;
  readonly units: readonly ValuedUnits[];
};

/** What a processed return is worth, decided: units that are not in it are free again. */
export type ReturnSettled = {
  readonly type: 'ReturnSettled';
  readonly data: {
    readonly return_id: string;
    readonly items: readonly SettledItem[];
    /** Shipping in it; 0 when not due. */
    readonly shipping: Minor;
    readonly reviewed_amount: Minor | null;
    /** As it was taken: never more than what it is taken from. */
    readonly restocking_fee: Minor;
    /** The credit: never more than total − credited. */
    readonly amount: Minor;
    /** What of it goes back. The rest is set off against what was due. */
    readonly pays: Minor;
    /** Of something invoiced: a credit memo is due. */
    readonly invoiced: boolean;
    readonly refund_method: RefundMethod;
  };
};

export const RETURN_OUTCOMES = ['refunded', 'rejected', 'cancelled'] as const;

/** A return has ended. Refunded: the money went back, or there was none to go. */
export type ReturnClosed = {
  readonly type: 'ReturnClosed';
  readonly data: { readonly return_id: string; readonly outcome: (typeof RETURN_OUTCOMES)[number] };
};

export type OrderReturnEvent = ReturnOpened | ReturnSettled | ReturnClosed;
