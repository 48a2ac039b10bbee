import { allocate } from '../../domain/shared/allocation.ts';
import { sum, type Minor } from '../../domain/shared/money.ts';

/** The meaning of the amounts in a file. */
export type Reading = {
  readonly amounts: 'unit' | 'line';
  readonly tax: 'on top' | 'included';
  /** `order`: the order's discount is in addition to those of the lines. `lines`: it is their sum. */
  readonly discount: 'order' | 'lines';
};

export type ReadLine = {
  readonly quantity: number;
  readonly amount: Minor;
  /** The line's own discount. */
  readonly discount: Minor;
  /** Null: the lines share the order's tax. */
  readonly tax: Minor | null;
};

/** The amounts of one order, as in the file. */
export type Sums = {
  readonly lines: readonly ReadLine[];
  readonly discount: Minor;
  /** A reduction in every reading: a negative charge. */
  readonly reduction: Minor;
  readonly tax: Minor;
  readonly shipping: Minor;
  readonly shipping_tax: Minor;
  /** Null: the file has none. */
  readonly total: Minor | null;
  readonly subtotal: Minor | null;
};

/** A line with all its amounts absolute, as an order keeps them. */
export type PricedLine = {
  readonly unit_price: Minor;
  readonly quantity: number;
  readonly discount: Minor;
  readonly tax: Minor;
};

export type Priced = {
  readonly reading: Reading;
  readonly lines: readonly PricedLine[];
  readonly shipping_cost: Minor;
  readonly total: Minor;
  /** The adjustment that gives the file's total. */
  readonly adjustment: Minor;
};

export const describe = ({ amounts, tax, discount }: Reading): string =>
  `amounts per ${amounts}, tax ${tax}, discount of the ${discount === 'order' ? 'order' : 'lines'}`;

/** All allowed readings, in the order of preference. */
export const readingsOf = (allowed: { readonly [K in keyof Reading]: readonly Reading[K][] }): readonly Reading[] =>
  allowed.amounts.flatMap((amounts) =>
    allowed.tax.flatMap((tax) => allowed.discount.map((discount) => ({ amounts, tax, discount }))),
  );

const grossOf = ({ amount, quantity }: ReadLine, { amounts }: Reading): Minor =>
  amounts === 'unit' ? amount * quantity : amount;

const share = (amount: Minor, weights: readonly Minor[]): readonly Minor[] =>
  allocate(BigInt(amount), weights.map(BigInt)).map(Number);

/** A discount spread over the lines by their price, and the rest that exceeds the lines. */
const spread = (discount: Minor, costs: readonly Minor[]) => {
  const taken = Math.min(discount, sum(costs));
  return { shares: share(taken, costs), rest: discount - taken };
};

/**
 * A line with its unit price. If the amount is not divisible by the quantity, the unit price is rounded up, and the
 * difference becomes a discount.
 */
const byUnit = (gross: Minor, quantity: number, discount: Minor, tax: Minor): PricedLine => {
  const unit_price = Math.ceil(gross / quantity);
  return { unit_price, quantity, discount: discount + unit_price * quantity - gross, tax };
};

/** The sums of an order in one reading; undefined if the reading is impossible. */
const priceUnder = (reading: Reading, sums: Sums, more: Minor = 0): Omit<Priced, 'adjustment'> | undefined => {
  const { lines } = sums;
  const gross = lines.map((line) => grossOf(line, reading));
  const own = lines.map(({ discount }) => discount);
  const costs = gross.map((amount, index) => amount - (own[index] ?? 0));
  if (costs.some((cost) => cost < 0)) return undefined;
  const wanted = (reading.discount === 'order' ? sums.discount : 0) + sums.reduction + more;
  const { shares, rest } = spread(wanted, costs);
  const isIncluded = reading.tax === 'included';
  // The part of a discount that exceeds the goods was given on shipping.
  const shipping_cost = sums.shipping + (isIncluded ? 0 : sums.shipping_tax) - rest;
  if (shipping_cost < 0) return undefined;
  const paid = costs.map((cost, index) => cost - (shares[index] ?? 0));
  const taxes = taxesOf(sums, paid);
  if (isIncluded && taxes.some((tax, index) => tax > (paid[index] ?? 0))) return undefined;
  const priced = lines.map(({ quantity }, index) => {
    const [tax = 0, whole = 0] = [taxes[index], gross[index]];
    return byUnit(isIncluded ? whole - tax : whole, quantity, (own[index] ?? 0) + (shares[index] ?? 0), tax);
  });
  const total = sum(paid) + (isIncluded ? 0 : sum(taxes)) + shipping_cost;
  return { reading, lines: priced, shipping_cost, total };
};

/** Lines with their own tax keep it. The others share the order's tax, by their price. */
const taxesOf = ({ lines, tax }: Sums, paid: readonly Minor[]): readonly Minor[] => {
  if (lines.every((line) => line.tax !== null)) return lines.map((line) => line.tax ?? 0);
  const costs = sum(paid) > 0 ? paid : paid.map(() => 1);
  return share(tax, costs);
};

/**
 * Whether the subtotal of a file, which can have several meanings, is the sum of the lines before or after discounts.
 */
const explainsSubtotal = ({ lines, reading }: Omit<Priced, 'adjustment'>, { subtotal }: Sums): boolean => {
  if (subtotal === null) return true;
  const before = sum(lines.map(({ unit_price, quantity }) => unit_price * quantity));
  const after = before - sum(lines.map(({ discount }) => discount));
  const tax = reading.tax === 'included' ? sum(lines.map((line) => line.tax)) : 0;
  return [before, after, before + tax, after + tax].includes(subtotal);
};

export type Resolved =
  | { readonly priced: Priced; /** Of a line of its own. */ readonly surcharge: Minor }
  | { readonly unexplained: readonly { readonly reading: Reading; readonly total: Minor }[] };

/**
 * Chooses the reading that gives the file's own totals; if several do, the preferred one. If none does, it chooses the
 * nearest one within the tolerance: a missing amount becomes a surcharge, a surplus a discount.
 */
export const resolve = (sums: Sums, readings: readonly Reading[], tolerance: Minor): Resolved => {
  const tried = readings.flatMap((reading) => priceUnder(reading, sums) ?? []);
  const { total } = sums;
  const matching = tried.filter((one) => total === null || one.total === total);
  const found = matching.find((one) => explainsSubtotal(one, sums)) ?? matching[0];
  if (found !== undefined) return { priced: { ...found, adjustment: 0 }, surcharge: 0 };
  const near = tried
    .map((one) => ({ ...one, adjustment: (total ?? one.total) - one.total }))
    .filter(({ adjustment }) => Math.abs(adjustment) <= tolerance)
    .toSorted((a, b) => Math.abs(a.adjustment) - Math.abs(b.adjustment));
  for (const { reading, adjustment } of near) {
    const adjusted = priceUnder(reading, sums, Math.max(0, -adjustment));
    const surcharge = Math.max(0, adjustment);
    if (adjusted?.total === (total ?? 0) - surcharge) return { priced: { ...adjusted, adjustment }, surcharge };
  }
  return { unexplained: unlike(tried) };
};

/** One reading for each total. */
const unlike = (tried: readonly Omit<Priced, 'adjustment'>[]) =>
  tried
    .filter(({ total }, index) => tried.findIndex((one) => one.total === total) === index)
    .map(({ reading, total }) => ({ reading, total }));
