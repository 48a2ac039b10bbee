import { match, P } from 'ts-pattern';
import type { Explanation, Rule, Term } from '../../shared/explanation.ts';
import { sum } from '../../shared/money.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import { taxShareOf } from '../pricing/price-lines.ts';
import { finalPrice, lineTotal, nameOf, orderTotals, soldQuantity } from '../pricing/totals.ts';
import { countUnits } from '../vocabulary/unit-ranges.ts';
import { partsOfUnits } from './unit-values.ts';
import { contentOfInvoice } from './invoicing.ts';
import { isPlaced, type Credit, type Order, type OrderState } from '../vocabulary/state.ts';
import { isVoid, ledgerOf, termsOfRefunds } from './ledger.ts';

/** The sums of an order that can be explained. */
export const EXPLAINED_SUMS = [
  'subtotal',
  'discount_total',
  'tax',
  'shipping_cost',
  'total',
  'credited',
  'amount_due',
] as const;

/** The amounts of a line that can be explained. */
export const EXPLAINED_OF_ITEM = ['tax', 'final_price'] as const;

type OfLine = (line: OrderLine) => Omit<Term, 'key'>;

const priceOf: OfLine = (line) => ({ label: `${soldQuantity(line)} × ${nameOf(line)}`, amount: lineTotal(line) });
const discountOf: OfLine = (line) => ({ label: `Discount on ${nameOf(line)}`, amount: line.discount });
const taxOf: OfLine = (line) => ({
  label: line.own_tax === true ? `Tax on ${nameOf(line)}, as sent` : `Tax on ${nameOf(line)}`,
  amount: line.tax,
});
const offPrice: OfLine = (line) => ({ ...discountOf(line), amount: -line.discount });

const ofLines = (lines: readonly OrderLine[], ...terms: readonly (readonly [name: string, OfLine])[]) =>
  lines.flatMap((line) => terms.map(([name, of]): Term => ({ ...of(line), key: `${name}:${line.id}` })));

const PRICE = ['price', priceOf] as const;
const OFF_PRICE = ['discount', offPrice] as const;
const TAX = ['tax', taxOf] as const;

const shippingOf = ({ shipping_cost }: Order): Term => ({ key: 'shipping', label: 'Shipping', amount: shipping_cost });

const totalOf = (order: Order): readonly Term[] => [...ofLines(order.lines, PRICE, OFF_PRICE, TAX), shippingOf(order)];

/** What a credit gave for each line, for shipping, and as goodwill; a return explains itself. */
export const termsOfCredit = (
  { lines }: Order,
  { credit_id, kind, amount, return_id, parts: { items, shipping, goodwill } }: Credit,
): readonly Term[] => {
  const rule: Rule = 'How much is refunded';
  const key = `credit:${credit_id}`;
  if (return_id !== null) return [{ key, label: `Credit: ${kind}`, amount, rule }];
  const terms: readonly Term[] = [
    ...items.map(({ order_item_id, amount: ofItem }) => ({
      key: `${key}:item:${order_item_id}`,
      label: `Credit for ${nameOf(lines.find(({ id }) => id === order_item_id))}`,
      amount: ofItem,
      rule,
    })),
    { key: `${key}:shipping`, label: 'Credit for shipping', amount: shipping, rule },
    { key: `${key}:goodwill`, label: 'Credit: goodwill', amount: goodwill, rule },
  ];
  // Credits of imported orders have no parts.
  return [...terms, { key, label: `Credit: ${kind}`, amount: amount - sum(terms.map((term) => term.amount)), rule }];
};

const creditsOf = (order: Order): readonly Term[] => order.credits.flatMap((credit) => termsOfCredit(order, credit));

const off = (term: Term): Term => ({ ...term, amount: -term.amount });

/** What is owed: the total, less what the shop gave up; nothing once the order was cancelled. */
export const termsOfOwed = (order: Order): readonly Term[] => {
  const { total, credited, owed } = ledgerOf(order);
  const label = isVoid(order) ? 'Cancelled: nothing is owed' : 'Never below 0';
  return [
    ...totalOf(order).map((term): Term => ({ rule: 'Money', ...term })),
    ...creditsOf(order).map(off),
    { key: 'nothing', label, amount: owed - (total - credited) },
  ];
};

/** Owed − balance; what was paid on top of it is not due, it is overpaid. */
const termsOfDue = (order: Order): readonly Term[] => [
  ...termsOfOwed(order),
  ...order.payments
    .filter(({ status }) => status === 'captured')
    .map(({ payment_id, amount, method }) => ({
      key: `payment:${payment_id}`,
      label: `Payment: ${method.replaceAll('_', ' ')}`,
      amount: -amount,
    })),
  ...termsOfRefunds(order.refunds),
  ...order.refunds
    .filter(({ status }) => status === 'pending')
    .map(({ refund_id, amount, method }) => ({
      key: `refund:${refund_id}`,
      label: `Refund in progress: ${method.replaceAll('_', ' ')}`,
      amount,
    })),
  { key: 'overpaid', label: 'Overpaid: it is refunded', amount: ledgerOf(order).overpaid },
];

/**
 * What an invoice is for: the whole order, or units with the credits that lower them. `n` is its place among the
 * invoices of the order. Undefined: the order has not caused it.
 */
export const termsOfInvoice = (order: Order, n: number): readonly Term[] | undefined => {
  const content = contentOfInvoice(order, n);
  if (content === undefined || content.isWhole) return content && termsOfOwed(order);
  return [
    ...content.lines.flatMap(({ line, units, worth, reduction }): readonly Term[] => {
      const { price, discount, tax } = partsOfUnits(line, units, worth);
      const name = nameOf(line);
      return [
        { key: `price:${line.id}`, label: `${countUnits(units)} × ${name}`, amount: price },
        { key: `discount:${line.id}`, label: `Discount on ${name}`, amount: -discount },
        { key: `tax:${line.id}`, label: `Tax on ${name}`, amount: tax },
        { key: `reduction:${line.id}`, label: `Credited before for ${name}`, amount: -reduction },
      ];
    }),
    { ...shippingOf(order), amount: content.shipping },
    { key: 'deducted', label: 'Credited before', amount: -content.deducted },
  ];
};

const MONEY = [
  ...(['status', 'tax_rate', 'shipping_cost', 'lines', 'shipments', 'cancelled'] as const),
  ...(['payments', 'refunds', 'credits', 'returns', 'invoices'] as const),
] as const;

/** Whether every amount of the order has the same terms before and after an event, such as a note. */
export const isMoneyAlike = (one: OrderState, other: OrderState): boolean =>
  isPlaced(one) && isPlaced(other) && MONEY.every((field) => one[field] === other[field]);

const explainSum = (order: Order, field: (typeof EXPLAINED_SUMS)[number]): Explanation => {
  const totals = orderTotals(order);
  const { lines } = order;
  return match(field)
    .returnType<Explanation>()
    .with('subtotal', () => ({ amount: totals.subtotal, rule: 'Money', terms: ofLines(lines, PRICE) }))
    .with('discount_total', () => ({
      amount: totals.discount_total,
      rule: 'Money',
      terms: ofLines(lines, ['discount', discountOf]),
    }))
    .with('tax', () => ({ amount: totals.tax, rule: 'Money', terms: ofLines(lines, TAX) }))
    .with('shipping_cost', () => ({ amount: totals.shipping_cost, rule: 'Money', terms: [shippingOf(order)] }))
    .with('total', () => ({ amount: totals.total, rule: 'Money', terms: totalOf(order) }))
    .with('credited', () => ({
      amount: ledgerOf(order).credited,
      rule: 'How much is refunded',
      terms: creditsOf(order),
    }))
    .with('amount_due', () => ({ amount: ledgerOf(order).amount_due, rule: 'Payments', terms: termsOfDue(order) }))
    .exhaustive();
};

const explainTax = (order: Order, line: OrderLine): Explanation => {
  const shared = taxShareOf(order, line.id);
  const own = { amount: line.tax, rule: 'Money', terms: ofLines([line], TAX) } as const;
  if (shared === undefined || shared.share + shared.remainder !== line.tax) return own;
  const { share, remainder } = shared;
  return {
    ...own,
    terms: [
      { key: 'share', label: `Share of ${nameOf(line)} in the tax of the order, rounded down`, amount: share },
      { key: 'remainder', label: 'Unit for one of the largest remainders', amount: remainder },
    ],
    rounding: { method: 'largest_remainder', share, remainder },
  };
};

const explainItem = (order: Order, line: OrderLine, field: (typeof EXPLAINED_OF_ITEM)[number]): Explanation =>
  match(field)
    .with('tax', () => explainTax(order, line))
    .with('final_price', (): Explanation => ({
      amount: finalPrice(line),
      rule: 'Money',
      terms: ofLines([line], PRICE, OFF_PRICE, TAX),
    }))
    .exhaustive();

/** The terms of an amount of an order: `total`, `items.<id>.tax`. Undefined: there is no such amount. */
export const explainOrder = (order: Order, field: string): Explanation | undefined => {
  const sum = EXPLAINED_SUMS.find((name) => name === field);
  if (sum !== undefined) return explainSum(order, sum);
  return match(field.split('.'))
    .with(['items', P.string, P.union(...EXPLAINED_OF_ITEM)], ([, id, name]) => {
      const line = order.lines.find((one) => one.id === id);
      return line && explainItem(order, line, name);
    })
    .otherwise(() => undefined);
};
