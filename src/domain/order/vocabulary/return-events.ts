import type { ReturnReason } from './reasons.ts';
import type { Address } from '../../shared/address.ts';
import type { Personal } from '../../shared/decider.ts';
import type { CreditsInvoiced } from './money-events.ts';
import type { RefundMethod } from './refund-methods.ts';
import type { UnitRange } from './unit-ranges.ts';
import type { Minor } from '../../shared/money.ts';
import type { MetaData } from '../../shared/remarks.ts';

/** Units with their value in a return. */
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
  /** Its own reason, if it differs from the return's. */
  readonly reason: ReturnReason | null;
  readonly units: readonly ValuedUnits[];
};

/** Particular units are in a return from now on, at their value. */
export type ReturnOpened = {
  readonly type: 'ReturnOpened';
  readonly data: {
    readonly return_id: string;
    readonly return_number: string;
    readonly reason: ReturnReason;
    /** An admin opened it after the return window. */
    readonly forced: boolean;
    /** The refund if everything is accepted: units, and shipping if it were due now. */
    readonly estimate: Minor;
    /** A change of mind is a reason to refund shipping: `RETURN_SHIPPING_ON_WITHDRAWAL` when it was opened. */
    readonly shipping_on_withdrawal?: true;
    readonly items: readonly ReturnedItem[];
    readonly personal: Personal<ReturnPersonal>;
  };
};

export type SettledItem = {
  readonly order_item_id: string;
  readonly accepted_quantity: number;
  /** As corrected at inspection. */
  readonly reason?: ReturnReason;
  readonly units: readonly ValuedUnits[];
};

/** The settled value of a processed return; units that are not in it can be returned again. */
export type ReturnSettled = {
  readonly type: 'ReturnSettled';
  readonly data: CreditsInvoiced & {
    readonly return_id: string;
    readonly items: readonly SettledItem[];
    /** Shipping in it; 0 when not due. */
    readonly shipping: Minor;
    readonly reviewed_amount: Minor | null;
    /** The fee as charged: never more than the value. */
    readonly restocking_fee: Minor;
    /** The credit: never more than total − credited. */
    readonly amount: Minor;
    /** The part that is refunded. The rest is set off against the amount due. */
    readonly pays: Minor;
    readonly refund_method: RefundMethod;
  };
};

export const RETURN_OUTCOMES = ['refunded', 'rejected', 'cancelled', 'not_sent'] as const;

/** A return has ended. Refunded: the money was refunded, or there was none to refund. */
export type ReturnClosed = {
  readonly type: 'ReturnClosed';
  readonly data: { readonly return_id: string; readonly outcome: (typeof RETURN_OUTCOMES)[number] };
};

export type OrderReturnEvent = ReturnOpened | ReturnSettled | ReturnClosed;
