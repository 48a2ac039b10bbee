import { allocateByRemainder, type AllocatedPart } from '../../shared/allocation.ts';
import { isWithinLimit, type Currency, type Minor } from '../../shared/money.ts';
import { taxOn, type TaxRate } from '../../shared/tax-rate.ts';
import type { RequestedLine } from '../vocabulary/commands.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import type { LineRejection } from '../vocabulary/rejections.ts';

export const MAX_LINES = 500;
export const MAX_QUANTITY = 1_000_000;

type Terms = {
  readonly currency: Currency;
  readonly tax_rate: TaxRate;
  readonly shipping_cost: Minor;
  /** Whether a price of 0 is allowed: imported orders have free lines. Default false. */
  readonly mayBeFree?: boolean;
};

/** Decides the price of every line: its requested discount, and its tax. */
export const priceLines = (
  lines: readonly RequestedLine[],
  terms: Terms,
): { readonly lines: readonly OrderLine[] } | LineRejection => {
  if (lines.length < 1 || lines.length > MAX_LINES) {
    return { rejected: 'order.invalid_line_count', lines: lines.length, expected: `1 to ${MAX_LINES} lines` };
  }
  for (const [index, line] of lines.entries()) {
    const problem = lineProblem(line, index, terms);
    if (problem !== undefined) return problem;
  }
  const taxes = lineTaxes(lines, terms.tax_rate);
  const tooLarge = sumProblem(lines, taxes, terms);
  if (tooLarge !== undefined) return tooLarge;
  return {
    lines: lines.map((line, index) => ({
      ...line,
      discount: line.discount ?? 0,
      tax: Number(taxes[index] ?? 0n),
      ...(line.tax !== undefined && { own_tax: true }),
    })),
  };
};

type Priced = Pick<RequestedLine, 'unit_price' | 'quantity' | 'discount'>;

const totalOf = (line: Priced): bigint => BigInt(line.unit_price) * BigInt(line.quantity);
const taxableOf = (line: Priced): bigint => totalOf(line) - BigInt(line.discount ?? 0);

/** A line with its own tax keeps it. The others share one tax, rounded once per order. */
const lineTaxes = (lines: readonly RequestedLine[], rate: TaxRate): readonly bigint[] => {
  const shares = taxShares(
    lines.map((line) => (line.tax === undefined ? taxableOf(line) : null)),
    rate,
  );
  return lines.map((line, index) => {
    const { share, remainder } = shares[index] ?? NO_SHARE;
    return line.tax === undefined ? share + remainder : BigInt(line.tax);
  });
};

const NO_SHARE: AllocatedPart = { share: 0n, remainder: 0n };

/** How lines share the tax on them; `null`: a line that takes no part. */
const taxShares = (taxable: readonly (bigint | null)[], rate: TaxRate): readonly AllocatedPart[] => {
  const weights = taxable.map((weight) => weight ?? 0n);
  const shared = taxOn(
    weights.reduce((total, weight) => total + weight, 0n),
    rate,
  );
  return allocateByRemainder(shared, weights);
};

/** How the tax of a line came about. Undefined: it was sent with the line, or there is no such line. */
export const taxShareOf = (
  { lines, tax_rate }: { readonly lines: readonly OrderLine[]; readonly tax_rate: TaxRate },
  lineId: string,
): { readonly share: Minor; readonly remainder: Minor } | undefined => {
  const index = lines.findIndex(({ id }) => id === lineId);
  const line = lines[index];
  if (line === undefined || line.own_tax === true) return undefined;
  const shares = taxShares(
    lines.map((one) => (one.own_tax === true ? null : taxableOf(one))),
    tax_rate,
  );
  const { share, remainder } = shares[index] ?? NO_SHARE;
  return { share: Number(share), remainder: Number(remainder) };
};

const isCount = (value: number, min: number): boolean => Number.isSafeInteger(value) && value >= min;

const lineProblem = (
  line: RequestedLine,
  index: number,
  { currency, mayBeFree = false }: Terms,
): LineRejection | undefined => {
  const invalid = (field: 'quantity' | 'unit_price' | 'discount' | 'tax', expected: string): LineRejection => ({
    rejected: 'order.invalid_line',
    line: index,
    field,
    expected,
  });
  if (!isCount(line.quantity, 1) || line.quantity > MAX_QUANTITY) {
    return invalid('quantity', `a whole number from 1 to ${MAX_QUANTITY}`);
  }
  if (!isCount(line.unit_price, mayBeFree ? 0 : 1)) return invalid('unit_price', 'an amount above 0');
  if (!isCount(line.discount ?? 0, 0)) return invalid('discount', 'an amount of 0 or more');
  if (!isCount(line.tax ?? 0, 0)) return invalid('tax', 'an amount of 0 or more');
  return totalProblem(line, index, currency);
};

const totalProblem = (line: RequestedLine, index: number, currency: Currency): LineRejection | undefined => {
  const { discount = 0 } = line;
  if (!isWithinLimit(totalOf(line), currency)) {
    return { rejected: 'order.amount_too_large', amount: 'line_total', line: index };
  }
  const line_total = Number(totalOf(line));
  return discount > line_total
    ? { rejected: 'order.discount_exceeds_line', line: index, discount, line_total }
    : undefined;
};

const sumProblem = (
  lines: readonly RequestedLine[],
  taxes: readonly bigint[],
  { currency, shipping_cost }: Terms,
): LineRejection | undefined => {
  const add = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  const subtotal = add(lines.map(totalOf));
  const total = add(lines.map(taxableOf)) + add(taxes) + BigInt(shipping_cost);
  if (!isWithinLimit(subtotal, currency)) return { rejected: 'order.amount_too_large', amount: 'subtotal', line: null };
  if (!isWithinLimit(total, currency)) return { rejected: 'order.amount_too_large', amount: 'total', line: null };
  return undefined;
};
