import { countUnits, unitsInBoth, unitsOutside, type UnitRange } from '../vocabulary/unit-ranges.ts';
import { fractionOf, sum, type Minor } from '../../shared/money.ts';
import type { OrderLine, ValuedUnits } from '../vocabulary/events.ts';
import { leftOfLine, reductionOf } from './credits.ts';
import type { Order } from '../vocabulary/state.ts';
import { finalPrice, orderedPrice, orderedTax } from '../pricing/totals.ts';

/** The price of the first `k` units of a line together, rounded half-up. */
export const shareOf = (line: OrderLine, k: number, price: Minor = orderedPrice(line)): Minor =>
  fractionOf(price, k, line.quantity);

/**
 * The value of particular units in a return: unit k has share(k) − share(k − 1), so that the units of any partition of
 * a line, in any order, add up to exactly its price. A reduction of the line lowers the value of each unit that is paid
 * for, and no return is worth more than the rest of the line.
 */
export const valueUnits = (
  line: OrderLine,
  ranges: readonly UnitRange[],
  order: Cancelled = { credits: [], cancelled: [] },
): readonly ValuedUnits[] => {
  const upTo = priceUpTo(line, order);
  let left = Math.max(0, leftOfLine(order, line));
  return ranges.map(({ first, last }) => {
    const amount = Math.min(left, upTo(last) - upTo(first - 1));
    left -= amount;
    return { first, last, amount };
  });
};

const priceUpTo = (line: OrderLine, order: Cancelled): ((k: number) => Minor) => {
  const reduction = reductionOf(order, line.id);
  if (reduction === 0) return (k) => shareOf(line, k);
  return sharedByPaidUnits(line, order, finalPrice(line) - reduction);
};

type Cancelled = Pick<Order, 'credits' | 'cancelled'>;

/** What the first `k` units of a line have of an amount that all units share that are paid for. */
const sharedByPaidUnits = (line: OrderLine, order: Cancelled, amount: Minor): ((k: number) => Minor) => {
  const paid = unitsOutside(unpaidUnits(order, line.id), line.quantity);
  const quantity = countUnits(paid);
  const paidUpTo = (k: number) => countUnits(unitsInBoth(paid, [{ first: 1, last: k }]));
  return (k) => (quantity === 0 ? 0 : fractionOf(amount, paidUpTo(k), quantity));
};

/** Units that were cancelled before they were invoiced: those cancelled later have a credit of their own. */
const unpaidUnits = ({ credits, cancelled }: Cancelled, lineId: string): readonly UnitRange[] => {
  const ofLine = (items: readonly { readonly order_item_id: string; readonly units?: readonly UnitRange[] }[]) =>
    items.filter(({ order_item_id }) => order_item_id === lineId).flatMap(({ units = [] }) => units);
  const credited = ofLine(credits.flatMap(({ parts }) => parts.items));
  return ofLine(cancelled).flatMap((range) => unitsInBoth([range], unitsOutside(credited, range.last)));
};

/**
 * The share of particular units in an amount of their line, such as its tax: in `ordered`, or, once the line was reduced,
 * in what the units that are paid for have left of it.
 */
export const shareOfUnits = (
  line: OrderLine,
  ranges: readonly UnitRange[],
  { order, ordered, reduced }: { readonly order: Cancelled; readonly ordered: Minor; readonly reduced: Minor | null },
): Minor => {
  if (reduced === null) return worthOfUnits(line, ranges, ordered);
  const upTo = sharedByPaidUnits(line, order, reduced);
  return sum(ranges.map(({ first, last }) => upTo(last) - upTo(first - 1)));
};

/**
 * Price, discount and tax of particular units, whose worth is decided. Discount and tax are rounded separately, so one of
 * them is adjusted to make them add up.
 */
export const partsOfUnits = (line: OrderLine, units: readonly UnitRange[], worth: Minor) => {
  const price = line.unit_price * countUnits(units);
  const share = worthOfUnits(line, units, line.discount + (line.removed?.discount ?? 0));
  const isTaxed = orderedTax(line) > 0 && worth - price + share >= 0;
  const discount = isTaxed ? share : price - worth;
  return { price, discount, tax: worth - price + discount };
};

/** What particular units were sold for. */
export const worthOfUnits = (line: OrderLine, ranges: readonly UnitRange[], price: Minor = orderedPrice(line)): Minor =>
  sum(ranges.map(({ first, last }) => shareOf(line, last, price) - shareOf(line, first - 1, price)));

export const worthOf = (units: readonly ValuedUnits[]): Minor => sum(units.map(({ amount }) => amount));
