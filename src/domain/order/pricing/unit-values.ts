import { fractionOf, sum, type Minor } from '../../shared/money.ts';
import type { OrderLine, UnitRange, ValuedUnits } from '../events.ts';
import { finalPrice } from './totals.ts';

/** What the first `k` units of a line cost together, rounded half-up. */
const shareOf = (line: OrderLine, k: number): Minor => fractionOf(finalPrice(line), k, line.quantity);

/**
 * What particular units are worth going back: unit k is worth share(k) − share(k − 1), so that the units of any
 * partition of a line, in any order, add up to exactly what was paid for it.
 */
export const valueUnits = (line: OrderLine, ranges: readonly UnitRange[]): readonly ValuedUnits[] =>
  ranges.map(({ first, last }) => ({ first, last, amount: shareOf(line, last) - shareOf(line, first - 1) }));

export const worthOf = (units: readonly ValuedUnits[]): Minor => sum(units.map(({ amount }) => amount));
