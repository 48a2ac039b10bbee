import { fractionOf, sum, type Minor } from '../../shared/money.ts';
import type { OrderLine, UnitRange, ValuedUnits } from '../events.ts';
import { leftOfLine, reductionOf } from '../ledger/credits.ts';
import type { Order } from '../state.ts';
import { finalPrice } from './totals.ts';

/** What the first `k` units of a line cost together, rounded half-up. */
export const shareOf = (line: OrderLine, k: number, price: Minor = finalPrice(line)): Minor =>
  fractionOf(price, k, line.quantity);

/**
 * What particular units are worth going back: unit k is worth share(k) − share(k − 1), so that the units of any
 * partition of a line, in any order, add up to exactly what was paid for it. What the line was reduced by lowers every
 * unit of it, and no more goes back than the line has left.
 */
export const valueUnits = (
  line: OrderLine,
  ranges: readonly UnitRange[],
  order: Pick<Order, 'credits'> = { credits: [] },
): readonly ValuedUnits[] => {
  const price = finalPrice(line) - reductionOf(order, line.id);
  let left = Math.max(0, leftOfLine(order, line));
  return ranges.map(({ first, last }) => {
    const amount = Math.min(left, shareOf(line, last, price) - shareOf(line, first - 1, price));
    left -= amount;
    return { first, last, amount };
  });
};

export const worthOf = (units: readonly ValuedUnits[]): Minor => sum(units.map(({ amount }) => amount));
