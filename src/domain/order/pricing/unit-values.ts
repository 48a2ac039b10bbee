import type { UnitRange } from '../returns/unit-ranges.ts';
import { fractionOf, sum, type Minor } from '../../shared/money.ts';
import type { OrderLine, ValuedUnits } from '../events.ts';
import { leftOfLine, reductionOf } from '../ledger/credits.ts';
import type { Order } from '../state.ts';
import { orderedPrice } from './totals.ts';

/** The price of the first `k` units of a line together, rounded half-up. */
export const shareOf = (line: OrderLine, k: number, price: Minor = orderedPrice(line)): Minor =>
  fractionOf(price, k, line.quantity);

/**
 * The value of particular units in a return: unit k has share(k) − share(k − 1), so that the units of any partition of
 * a line, in any order, add up to exactly its price. A reduction of the line lowers the value of each unit, and no
 * return is worth more than the rest of the line.
 */
export const valueUnits = (
  line: OrderLine,
  ranges: readonly UnitRange[],
  order: Pick<Order, 'credits'> = { credits: [] },
): readonly ValuedUnits[] => {
  const price = orderedPrice(line) - reductionOf(order, line.id);
  let left = Math.max(0, leftOfLine(order, line));
  return ranges.map(({ first, last }) => {
    const amount = Math.min(left, shareOf(line, last, price) - shareOf(line, first - 1, price));
    left -= amount;
    return { first, last, amount };
  });
};

/** What particular units were sold for. */
export const worthOfUnits = (line: OrderLine, ranges: readonly UnitRange[], price: Minor = orderedPrice(line)): Minor =>
  sum(ranges.map(({ first, last }) => shareOf(line, last, price) - shareOf(line, first - 1, price)));

export const worthOf = (units: readonly ValuedUnits[]): Minor => sum(units.map(({ amount }) => amount));
