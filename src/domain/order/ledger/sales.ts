import type { UnitRange } from '../vocabulary/unit-ranges.ts';
import { fractionOf, sum, type Minor } from '../../shared/money.ts';
import { finalPrice, lineTotal, orderedTax, soldQuantity } from '../pricing/totals.ts';
import { shareOf, shareOfUnits, worthOfUnits } from './unit-values.ts';
import type { CreditedItem, OrderLine } from '../vocabulary/events.ts';
import type { Credit, Order } from '../vocabulary/state.ts';
import { isVoid } from './ledger.ts';

/**
 * The amounts of one product, or of everything without a product, in the reports. All are 0 or more, except `returned`.
 */
export type Sold = {
  readonly gross: Minor;
  readonly discount: Minor;
  /** Credited goods, without tax and shipping. Below 0 if a fee was larger than the credited goods. */
  readonly returned: Minor;
  readonly shipping: Minor;
  readonly tax: Minor;
  readonly units: number;
};

/** By product; under `null`: shipping, goodwill and everything else in the order that belongs to no product. */
export type SalesOfOrder = ReadonlyMap<string | null, Sold>;

type OfLine = { readonly line: OrderLine; credited: Minor; tax: Minor; taxOfReductions: Minor; units: number };

/**
 * An order in the reports, as its lines and credits are now: gross − discount − returned + shipping + tax, over all
 * products, is total − credited, and 0 once it is cancelled. Each event books its change of these amounts on its own
 * day.
 */
export const salesOf = (order: Order): SalesOfOrder => {
  const isCancelled = isVoid(order);
  const lines = order.lines.map((line): OfLine => ({ line, credited: 0, tax: 0, taxOfReductions: 0, units: 0 }));
  const rest = isCancelled ? { returned: 0, shipping: order.shipping_cost } : creditLines(order, lines);
  const sales = new Map<string | null, Sold>();
  for (const { line, credited, tax } of lines) {
    const before = sales.get(line.product_id) ?? NOTHING;
    const [gross, taxBack] = [lineTotal(line), isCancelled ? line.tax : tax];
    sales.set(line.product_id, {
      gross: before.gross + gross,
      discount: before.discount + line.discount,
      returned: before.returned + (isCancelled ? gross - line.discount : credited - taxBack),
      shipping: 0,
      tax: before.tax + line.tax - taxBack,
      units: before.units + soldQuantity(line),
    });
  }
  return sales.set(null, { ...NOTHING, returned: rest.returned, shipping: order.shipping_cost - rest.shipping });
};

const NOTHING: Sold = { gross: 0, discount: 0, returned: 0, shipping: 0, tax: 0, units: 0 };

/** Assigns every credit to its lines, oldest first, and returns the part that belongs to no line. */
const creditLines = (order: Order, lines: readonly OfLine[]): Pick<Sold, 'returned' | 'shipping'> => {
  let [returned, shipping] = [0, 0];
  for (const credit of order.credits) {
    const onLines = sum(
      credit.parts.items.map((item) => {
        const found = lines.find(({ line }) => line.id === item.order_item_id);
        if (found === undefined) return 0;
        creditLine(order, found, { credit, item });
        return item.amount;
      }),
    );
    shipping += credit.parts.shipping;
    // Goodwill; less a fee, a refund lowered at review, and the part above the remaining value of the order.
    returned += credit.amount - onLines - credit.parts.shipping;
  }
  return { returned, shipping };
};

const creditLine = (
  order: Order,
  of: OfLine,
  { credit, item }: { readonly credit: Credit; readonly item: CreditedItem },
): void => {
  const tax = taxIn(order, of, { credit, item });
  of.credited += item.amount;
  of.tax += tax;
  if (credit.kind === 'return') return;
  of.units += item.quantity;
  if (item.units === undefined) of.taxOfReductions += tax;
};

/** The last credit of a line takes the rest of its tax, so that the parts of a line add up to its tax exactly. */
const taxIn = (
  order: Order,
  of: OfLine,
  { credit, item }: { readonly credit: Credit; readonly item: CreditedItem },
): Minor => {
  if (item.amount === 0 && credit.kind !== 'return') return 0;
  const left = Math.max(0, of.line.tax - of.tax);
  if (item.amount > 0 && of.credited + item.amount === finalPrice(of.line)) return left;
  const { units = credit.kind === 'return' ? unitsReturned(order, of, credit) : undefined } = item;
  const tax = units === undefined ? taxOfReduction(of, item) : shareOfUnits(of.line, units, { order, ...taxLeft(of) });
  return Math.min(left, tax);
};

const unitsReturned = ({ returns }: Order, { line }: OfLine, { return_id }: Credit): readonly UnitRange[] => {
  const settled = returns.find((one) => one.return_id === return_id)?.settlement?.items ?? [];
  return settled.find(({ order_item_id }) => order_item_id === line.id)?.units ?? [];
};

/** The tax of a line, and what reductions have left of it. */
const taxLeft = ({ line, taxOfReductions }: OfLine) => ({
  ordered: orderedTax(line),
  reduced: taxOfReductions === 0 ? null : line.tax - taxOfReductions,
});

/** Units at their own price take their share(k) of the tax; an amount takes tax in the proportion of the line. */
const taxOfReduction = ({ line, units }: OfLine, { quantity, amount }: CreditedItem): Minor => {
  const isAtOwnPrice = quantity > 0 && amount === shareOf(line, units + quantity) - shareOf(line, units);
  return isAtOwnPrice
    ? worthOfUnits(line, [{ first: units + 1, last: units + quantity }], orderedTax(line))
    : fractionOf(amount, line.tax, finalPrice(line));
};
