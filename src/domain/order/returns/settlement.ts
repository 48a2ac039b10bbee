import type { Term } from '../../shared/explanation.ts';
import { sum, type Minor } from '../../shared/money.ts';
import type { SettledItem } from '../vocabulary/events.ts';
import { ledgerOf, leftOfShipping, valueUnits, worthOf } from '../ledger/index.ts';
import { nameOf } from '../pricing/totals.ts';
import type { Order, UnderReturn } from '../vocabulary/state.ts';
import { shippingDue, type Returning } from './outward-shipping.ts';
import { lowestUnits } from '../vocabulary/unit-ranges.ts';

/** What a reviewer decided on the value of a return. */
export type ReviewTerms = {
  /** The maximum, if any. */
  readonly reviewed_amount: Minor | null;
  /** The shipping that is left is refunded too, due or not. */
  readonly adds_shipping: boolean;
};

export const NO_REVIEW: ReviewTerms = { reviewed_amount: null, adds_shipping: false };

type Terms = ReviewTerms & {
  /** `reason`: as corrected at inspection. */
  readonly items: readonly Pick<SettledItem, 'order_item_id' | 'units' | 'reason'>[];
  readonly restocking_fee: Minor;
};

export type Settlement = {
  readonly shipping: Minor;
  /** The fee as charged: never more than the value. */
  readonly restocking_fee: Minor;
  readonly amount: Minor;
};

/**
 * The value of a processed return: its units and, if due, shipping, lowered by a review, less the fee, and never more
 * than total − credited. A fee or a review affects only its own return.
 */
export const settlementOf = (
  order: Order,
  one: Returning,
  { items, reviewed_amount, adds_shipping, restocking_fee }: Terms,
): Settlement => {
  const accepted: readonly UnderReturn[] = items.map((item) => ({
    ...item,
    reason:
      item.reason ?? one.items.find(({ order_item_id }) => order_item_id === item.order_item_id)?.reason ?? 'other',
  }));
  const shipping = adds_shipping ? leftOfShipping(order) : shippingDue(order, { ...one, items: accepted });
  const value = sum(items.map(({ units }) => worthOf(units)));
  const gross = lowerByReview(value + shipping, reviewed_amount);
  const fee = Math.min(restocking_fee, gross);
  return { shipping, restocking_fee: fee, amount: Math.min(gross - fee, ledgerOf(order).owed) };
};

const lowerByReview = (value: Minor, reviewed_amount: Minor | null): Minor =>
  Math.min(value, reviewed_amount ?? Infinity);

/** A settlement with what it was made of. */
export type ReturnValue = Settlement & ReturnWorth & { readonly reviewed_amount: Minor | null };

/** The value of a return: as settled, or at most, if all of it were accepted as the order stands now. */
export const valueOfReturn = (order: Order, return_id: string, review: ReviewTerms = NO_REVIEW): ReturnValue => {
  const settlement = order.returns.find((one) => one.return_id === return_id)?.settlement ?? null;
  if (settlement === null) {
    const { reviewed_amount } = review;
    return { ...expectedSettlement(order, return_id, { review }), reviewed_amount };
  }
  const items = settlement.items.map(({ order_item_id, units }) => ({ order_item_id, amount: worthOf(units) }));
  return { ...settlement, items };
};

/** The terms of the value of a return. */
export const termsOfReturn = (
  { lines }: Pick<Order, 'lines'>,
  { items, shipping, reviewed_amount, restocking_fee, amount }: ReturnValue,
): readonly Term[] => {
  const units = items.map((item): Term => {
    const line = lines.find(({ id }) => id === item.order_item_id);
    return { key: `item:${item.order_item_id}`, label: `Returned units of ${nameOf(line)}`, amount: item.amount };
  });
  const value = sum(units.map((term) => term.amount)) + shipping;
  const gross = lowerByReview(value, reviewed_amount);
  return [
    ...units,
    { key: 'shipping', label: 'Shipping', amount: shipping },
    { key: 'review', label: 'Lowered by the review', amount: gross - value },
    { key: 'fee', label: 'Restocking fee', amount: -restocking_fee },
    { key: 'owed', label: 'Above what is still owed', amount: amount - (gross - restocking_fee) },
  ];
};

/** What a return is worth, and each of its items. */
export type ReturnWorth = {
  readonly amount: Minor;
  readonly items: readonly { readonly order_item_id: string; readonly amount: Minor }[];
};

/**
 * The maximum refund of a return that is not settled, in the current state of the order. `accepted` are the units of
 * each line that were or will be accepted, and its reason if it was corrected; left out: all of them.
 */
export const expectedSettlement = (
  order: Order,
  return_id: string,
  {
    accepted,
    review = NO_REVIEW,
    restocking_fee = 0,
  }: {
    readonly accepted?: readonly Omit<SettledItem, 'units'>[] | undefined;
    readonly review?: ReviewTerms | undefined;
    readonly restocking_fee?: Minor | undefined;
  } = {},
): Settlement & ReturnWorth => {
  const one = order.returns.find((candidate) => candidate.return_id === return_id);
  if (one === undefined) return { shipping: 0, restocking_fee: 0, amount: 0, items: [] };
  const items = one.items.map(({ order_item_id, units }) => {
    const wanted = accepted?.find((item) => item.order_item_id === order_item_id);
    const kept = wanted === undefined ? units : lowestUnits(units, wanted.accepted_quantity);
    const line = order.lines.find(({ id }) => id === order_item_id);
    const corrected = wanted?.reason === undefined ? {} : { reason: wanted.reason };
    return { order_item_id, units: line === undefined ? [] : valueUnits(line, kept, order), ...corrected };
  });
  return {
    ...settlementOf(order, one, { items, ...review, restocking_fee }),
    items: items.map(({ order_item_id, units: kept }) => ({ order_item_id, amount: worthOf(kept) })),
  };
};
