import { MAX_LINES, MAX_QUANTITY } from '../../domain/order/index.ts';
import { isCurrency } from '../../domain/shared/currency.ts';
import { toDecimal } from '../../domain/shared/amount-notation.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import { sum, type Currency, type Minor } from '../../domain/shared/money.ts';
import { isEmail } from '../../domain/shared/email-address.ts';
import type { Cell, Findings } from '../findings.ts';
import { readAmount, readQuantity, type DecimalSign } from '../values/amounts.ts';
import type { ReadTimeOf } from '../values/times.ts';
import type { Draft, DraftLine, DraftRefund } from './draft.ts';
import type { ImportedLine, ImportedOrder, ImportedRefund } from './imported-order.ts';
import { describe, resolve, type Reading, type ReadLine, type Sums } from './readings.ts';

/** How to interpret a file. */
export type Understanding = {
  readonly decimal: DecimalSign;
  readonly readTime: ReadTimeOf;
  /** In the order of preference. */
  readonly readings: readonly Reading[];
  /** The maximum difference between the total of an order and the sum of its lines, in major units. */
  readonly tolerance: string;
  /** No time in a file may be after this. */
  readonly now: Instant;
};

const MOST_NUMBER_CHARACTERS = 100;

type Amounts = {
  /** 0 if it is blank. Negative amounts are errors. */
  readonly amount: (cell: Cell | undefined) => Minor;
  /** A discount, which some files write as a negative amount. */
  readonly reduction: (cell: Cell | undefined) => Minor;
  readonly signed: (cell: Cell | undefined) => Minor;
};

const openAmounts = (currency: Currency, decimal: DecimalSign, found: Findings): Amounts => {
  const signed = (cell: Cell | undefined): Minor => {
    if (cell === undefined) return 0;
    const read = readAmount(cell.text, currency, decimal);
    if ('problem' in read) {
      found.error(cell, read.problem);
      return 0;
    }
    if (read.isRounded) found.warning(cell, `at most the decimals of ${currency}; it was rounded`);
    return read.minor;
  };
  return {
    signed,
    amount: (cell) => {
      const minor = signed(cell);
      if (cell !== undefined && minor < 0) found.error(cell, 'an amount of 0 or more');
      return Math.max(0, minor);
    },
    reduction: (cell) => Math.abs(signed(cell)),
  };
};

const quantityOf = ({ quantity, place }: DraftLine, found: Findings): number => {
  const expected = `a whole number from 1 to ${MAX_QUANTITY}`;
  const read = quantity === undefined ? undefined : readQuantity(quantity.text);
  if (read !== undefined && read >= 1 && read <= MAX_QUANTITY) return read;
  found.error(quantity ?? { line: place.line, column: place.quantity, text: '' }, expected);
  return 1;
};

/** If a line has an amount before and after its discount, the difference is its discount. */
const lineOf = (line: DraftLine, { amount, reduction }: Amounts, found: Findings): ReadLine => {
  const whole = amount(line.amount);
  const after = line.amount_after_discount === undefined ? whole : amount(line.amount_after_discount);
  if (line.amount === undefined)
    found.error({ line: line.place.line, column: line.place.amount, text: '' }, 'the price of this line');
  if (after > whole && line.amount_after_discount !== undefined)
    found.error(line.amount_after_discount, 'at most the price of the line before its discount');
  return {
    quantity: quantityOf(line, found),
    amount: whole,
    discount: reduction(line.discount) + Math.max(0, whole - after),
    tax: line.tax === undefined ? null : amount(line.tax),
  };
};

const currencyOf = ({ currency, columns, number }: Draft, found: Findings): Currency | undefined => {
  const given = typeof currency === 'string' ? currency : currency?.text;
  const code = given?.toUpperCase();
  if (code !== undefined && isCurrency(code)) return code;
  const cell = typeof currency === 'object' ? currency : { ...number, column: columns.currency, text: given ?? '' };
  found.error(cell, 'a currency such as EUR');
  return undefined;
};

type Times = {
  readonly created_at: Instant;
  /** A later time of the order; never before the order was placed. */
  readonly later: (cell: Cell | undefined, otherwise: Instant) => Instant;
};

const openTimesOf = (
  { created_at, columns, number }: Draft,
  { readTime, now }: Understanding,
  found: Findings,
): Times => {
  const read = (cell: Cell): Instant | undefined => {
    const time = readTime(cell.text);
    if ('problem' in time) {
      found.error(cell, time.problem);
      return undefined;
    }
    if (time.shown === 0) found.warning(cell, 'a time that exists in the time zone; it was read as one hour later');
    if (time.shown === 2)
      found.warning(cell, 'a time that exists once in the time zone, or its offset; the first of the two was taken');
    if (time.at > now) found.error(cell, 'a time in the past');
    return time.at;
  };
  if (created_at === undefined)
    found.error({ ...number, column: columns.created_at, text: '' }, 'the time of the order');
  const placed = (created_at === undefined ? undefined : read(created_at)) ?? now;
  return {
    created_at: placed,
    later: (cell, otherwise) => {
      const at = cell === undefined ? otherwise : (read(cell) ?? otherwise);
      return at < placed ? placed : at;
    },
  };
};

const sumsOf = (draft: Draft, amounts: Amounts, lines: readonly ReadLine[]): Omit<Sums, 'reduction'> => {
  const shipping =
    sum(draft.shipping.map(amounts.amount)) - sum((draft.shipping_discounts ?? []).map(amounts.reduction));
  return {
    lines,
    discount: amounts.reduction(draft.discount),
    tax: amounts.amount(draft.tax),
    shipping: Math.max(0, shipping),
    shipping_tax: amounts.amount(draft.shipping_tax),
    total: draft.total === undefined ? null : amounts.amount(draft.total),
    subtotal: draft.subtotal === undefined ? null : amounts.amount(draft.subtotal),
  };
};

/** Extra charges: a positive charge becomes a line, a negative one a reduction. */
const chargesOf = (draft: Draft, { signed }: Amounts) => {
  const charges = (draft.charges ?? []).map(({ name, amount }) => ({ name, amount: signed(amount) }));
  return {
    lines: charges.filter(({ amount }) => amount > 0).map(({ name, amount }) => ownLine(name, amount)),
    reduction: sum(charges.map(({ amount }) => Math.max(0, -amount))),
  };
};

const ownLine = (name: string, amount: Minor): ImportedLine => ({
  product_id: name.toLowerCase().replaceAll(/\W+/g, '-'),
  product_name: name,
  product_sku: null,
  unit_price: amount,
  quantity: 1,
  discount: 0,
  tax: 0,
});

const productOf = ({ product_id, product_name, product_sku }: Partial<DraftLine>) => ({
  product_id: (product_id ?? product_sku ?? product_name)?.text ?? 'unknown',
  product_name: product_name?.text ?? null,
  product_sku: product_sku?.text ?? null,
});

const capturedOf = ({ paid }: Draft, total: Minor, { amount }: Amounts): Minor => {
  if (paid.paid === 'nothing') return 0;
  if (paid.paid === 'everything') return total;
  return paid.paid === 'amount' ? amount(paid.amount) : Math.max(0, total - amount(paid.outstanding));
};

type Money = { readonly captured: Minor; readonly paid_at: Instant; readonly currency: Currency };

/** The refunds; each amount must have been paid before. */
const refundsOf = (
  refunds: readonly DraftRefund[],
  { captured, paid_at, currency }: Money,
  { amounts, times, last, found }: { amounts: Amounts; times: Times; last: Instant; found: Findings },
): readonly ImportedRefund[] => {
  let left = captured;
  return refunds.flatMap(({ amount, at, from }) => {
    const asked = amount === undefined ? left : amounts.reduction(amount);
    if (asked === 0) return [];
    if (asked > left) {
      found.error(amount ?? from, `at most ${toDecimal(left, currency)}, the paid amount that is not refunded yet`);
      return [];
    }
    left -= asked;
    const when = times.later(at, last);
    return [{ amount: asked, at: when < paid_at ? paid_at : when }];
  });
};

const toleranceIn = (currency: Currency, tolerance: string): Minor => {
  const read = readAmount(tolerance, currency, '.');
  return 'problem' in read ? 0 : Math.abs(read.minor);
};

const unexplained = (
  { total, number }: Draft,
  { unexplained: tried }: { readonly unexplained: readonly { readonly reading: Reading; readonly total: Minor }[] },
  currency: Currency,
  found: Findings,
): void => {
  const ways = tried.map((one) => `${toDecimal(one.total, currency)} (${describe(one.reading)})`);
  found.error(
    total ?? number,
    ways.length === 0 ? 'discounts and taxes that fit the lines' : `the sum of the lines: ${ways.join(' or ')}`,
  );
};

type PricedOrder = Pick<ImportedOrder, 'lines' | 'shipping_cost' | 'total'> & { readonly adjustment: Minor };

/** The sums of the lines, in the reading that gives the order's total. */
const priceOf = (
  draft: Draft,
  currency: Currency,
  { how, amounts, found }: { readonly how: Understanding; readonly amounts: Amounts; readonly found: Findings },
): PricedOrder | undefined => {
  const { lines: charged, reduction } = chargesOf(draft, amounts);
  const extra = sum(charged.map(({ unit_price }) => unit_price));
  const lines = draft.lines.map((line) => lineOf(line, amounts, found));
  const { total: said, ...sums } = sumsOf(draft, amounts, lines);
  if (found.hasErrors()) return undefined; // a wrong total may be caused by one of the amounts
  const goods = { ...sums, reduction, total: said === null ? null : said - extra };
  const resolved = resolve(goods, how.readings, toleranceIn(currency, how.tolerance));
  if ('unexplained' in resolved) {
    unexplained(draft, resolved, currency, found);
    return undefined;
  }
  const { priced, surcharge } = resolved;
  const { adjustment } = priced;
  const computed = toDecimal(priced.total - Math.min(0, adjustment) + extra, currency);
  if (adjustment !== 0)
    found.warning(draft.total ?? draft.number, `${computed}; it was adjusted by ${toDecimal(adjustment, currency)}`);
  return {
    lines: [
      ...priced.lines.map((line, index) => ({ ...line, ...productOf(draft.lines[index] ?? {}) })),
      ...charged,
      ...(surcharge === 0 ? [] : [ownLine('Adjustment', surcharge)]),
    ],
    shipping_cost: priced.shipping_cost,
    total: priced.total + surcharge + extra,
    adjustment,
  };
};

/** What is a list or a name with an address would be written to as such: the order comes without it. */
const addressOf = ({ customer: { email } }: Draft, found: Findings): string | null => {
  if (email === undefined || isEmail(email.text)) return email?.text ?? null;
  found.warning(email, 'one e-mail address, such as name@example.com; the order comes without it');
  return null;
};

/** Interprets an order of a file and collects findings; an order with an error must not be imported. */
export const interpret = (draft: Draft, how: Understanding, found: Findings): ImportedOrder | undefined => {
  if (draft.number.text.length > MOST_NUMBER_CHARACTERS)
    found.error(draft.number, `a number of at most ${MOST_NUMBER_CHARACTERS} characters`);
  if (draft.lines.length === 0) {
    found.warning(draft.number, 'an order with lines; it was left out');
    return undefined;
  }
  if (draft.lines.length > MAX_LINES) found.error(draft.number, `an order of at most ${MAX_LINES} lines`);
  const currency = currencyOf(draft, found);
  if (currency === undefined) return undefined;
  const amounts = openAmounts(currency, how.decimal, found);
  const times = openTimesOf(draft, how, found);
  const priced = priceOf(draft, currency, { how, amounts, found });
  if (priced === undefined) return undefined;
  const { adjustment, ...agreed } = priced;
  const paid_at = times.later(draft.paid_at, times.created_at);
  const shipped_at = times.later(draft.shipped_at, times.created_at);
  const delivered_at = times.later(draft.delivered_at, shipped_at);
  const cancelled_at = times.later(draft.cancelled_at, times.created_at);
  const captured = capturedOf(draft, agreed.total, amounts);
  const last = [paid_at, shipped_at, delivered_at, cancelled_at].reduce((a, b) => (a > b ? a : b));
  const money = { captured, paid_at, currency };
  const refunds = refundsOf(draft.refunds, money, { amounts, times, last, found });
  if (found.hasErrors()) return undefined;
  return {
    number: draft.number.text,
    customer_id: draft.customer.id ?? null,
    customer_email: addressOf(draft, found),
    customer_name: draft.customer.name ?? null,
    currency,
    ...agreed,
    shipping_address: draft.shipping_address,
    billing_address: draft.billing_address,
    notes: draft.notes,
    meta_data:
      adjustment === 0 ? draft.meta_data : { ...draft.meta_data, import_adjustment: toDecimal(adjustment, currency) },
    payment_method: draft.payment_method,
    carrier: draft.carrier ?? null,
    tracking_number: draft.tracking_number ?? null,
    status: draft.status,
    created_at: times.created_at,
    shipped_at,
    delivered_at: delivered_at < shipped_at ? shipped_at : delivered_at,
    cancelled_at,
    captured,
    paid_at,
    refunds,
  };
};
