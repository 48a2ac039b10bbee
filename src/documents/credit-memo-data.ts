import type { IssuedDocument } from '../commands/index.ts';
import {
  memoAmountOf,
  reductionOf,
  shareOfUnits,
  type AllocatedRefund,
  type Credit,
  type CreditedItem,
  type Order,
  type OrderLine,
  type RefundMethod,
  type SettledItem,
} from '../domain/order/index.ts';
import type { Return } from '../domain/return/index.ts';
import { sum, type Minor } from '../domain/shared/money.ts';
import type { CreditMemoData, DocumentLine, MemoReturn, PaidOut } from './document-data.ts';
import { partiesOf, type DocumentSettings } from './invoice-data.ts';
import { reducedLine, taxIn } from './reduced-line.ts';

export type Credited = {
  /** The order right after the credit. */
  readonly order: Order;
  readonly credit_id: string;
  /** The return that the credit settles, at the time of its processing. */
  readonly one: Return | null;
  /** The refunds that were decided with the credit. */
  readonly refunds: readonly Pick<AllocatedRefund, 'amount' | 'method'>[];
  readonly invoice_number: string | null;
};

const worthOf = (item: Pick<SettledItem, 'units'>): Minor => sum(item.units.map(({ amount }) => amount));

/**
 * The accepted units of a line. Their value is decided. Discount and tax are rounded separately, so one of them is
 * adjusted to make the printed line add up.
 */
const returnedLine = (order: Order, whole: OrderLine, item: SettledItem): DocumentLine => {
  const reduction = reductionOf(order, whole.id);
  const line = reducedLine(whole, reduction);
  const { unit_price } = line;
  const quantity = item.accepted_quantity;
  const total = worthOf(item);
  const price = unit_price * quantity;
  const share = shareOfUnits(whole, item.units, {
    order,
    ordered: line.discount + (line.removed?.discount ?? 0),
    reduced: reduction === 0 ? null : line.discount,
  });
  const isTaxed = line.tax > 0 && total - price + share >= 0;
  const discount = isTaxed ? share : price - total;
  return { ...line, quantity, discount, tax: total - price + discount, total, reduction: 0 };
};

/** The credited part of a line: a number of its units, or an amount. */
const creditedLine = (line: OrderLine, { quantity, amount }: CreditedItem, before: Minor): DocumentLine => {
  const tax = taxIn(line, before + amount) - taxIn(line, before);
  const discount = line.unit_price * quantity - (amount - tax);
  const sums = { tax, total: amount, reduction: 0 };
  return quantity > 0 && discount >= 0
    ? { ...line, ...sums, quantity, discount }
    : { ...line, ...sums, quantity: null, unit_price: null, discount: 0 };
};

const settlementOf = (order: Order, { return_id }: Credit) =>
  order.returns.find((one) => one.return_id === return_id)?.settlement ?? null;

const linesOf = (order: Order, credit: Credit): readonly DocumentLine[] => {
  const settled = settlementOf(order, credit)?.items ?? [];
  return order.lines.flatMap((line) => {
    const returned = settled.find(({ order_item_id }) => order_item_id === line.id);
    if (returned !== undefined) return returned.accepted_quantity === 0 ? [] : [returnedLine(order, line, returned)];
    const credited = credit.parts.items.find(({ order_item_id }) => order_item_id === line.id);
    if (credited === undefined) return [];
    const before = credited.units === undefined ? reductionOf(order, line.id) - credited.amount : 0;
    return [creditedLine(line, credited, before)];
  });
};

type Terms = Pick<CreditMemoData, 'restocking_fee' | 'adjustment' | 'credited_before'>;

/**
 * The calculation of the amount: the value of the return, less a review, less the fee, and at most the amount still
 * owed.
 */
const termsOf = (order: Order, credit: Credit, value: Minor): Terms => {
  const settled = settlementOf(order, credit);
  if (settled === null) return { restocking_fee: 0, adjustment: 0, credited_before: 0 };
  const { restocking_fee, reviewed_amount } = settled;
  const allowed = Math.min(value, reviewed_amount ?? value);
  return { restocking_fee, adjustment: allowed - value, credited_before: credit.amount - (allowed - restocking_fee) };
};

/**
 * The refunds of a credit by method. The part that is not allocated with it uses the method requested by the return.
 */
const paidOutOf = (pays: Minor, refunds: Credited['refunds'], asked: RefundMethod): readonly PaidOut[] => {
  const ways = new Map<RefundMethod, Minor>();
  let left = pays;
  for (const { method, amount } of [...refunds, { method: asked, amount: pays }]) {
    const part = Math.min(left, amount);
    left -= part;
    if (part > 0) ways.set(method, (ways.get(method) ?? 0) + part);
  }
  return [...ways].map(([method, amount]) => ({ method, amount }));
};

/** As inspection found them; of a return of which nothing was accepted as it was asked. */
const reasonsOf = (order: Order, { return_id }: Credit, { reason }: Return): readonly string[] => {
  const items = order.returns.find((one) => one.return_id === return_id)?.items ?? [];
  const accepted = items.filter(({ units }) => units.length > 0);
  return accepted.length === 0 ? [reason] : [...new Set(accepted.map((item) => item.reason))];
};

const memoReturnOf = (one: Return, order: Order, credit: Credit): MemoReturn => ({
  number: one.return_number,
  received_at: one.received_at,
  processed_at: one.processed_at ?? one.updated_at,
  reasons: reasonsOf(order, credit, one),
});

/** The content of the credit memo of a credit. */
export const creditMemoDataOf = (
  { order, credit_id, one, refunds, invoice_number }: Credited,
  { number, requested_at }: IssuedDocument,
  { seller, timeZone }: DocumentSettings,
): CreditMemoData => {
  const credit = order.credits.find((candidate) => candidate.credit_id === credit_id);
  if (credit === undefined) throw new Error(`order ${order.order_number} has no credit ${credit_id}`);
  const { kind, amount, pays, parts, reason_category, at } = credit;
  const lines = linesOf(order, credit);
  const value = sum(lines.map(({ total }) => total)) + parts.shipping;
  return {
    number,
    order_number: order.order_number,
    issued_at: requested_at,
    ordered_at: order.created_at,
    time_zone: timeZone,
    currency: order.currency,
    seller,
    ...partiesOf(order),
    lines,
    subtotal: sum(lines.map(({ total, tax, discount }) => total - tax + discount)),
    discount_total: sum(lines.map(({ discount }) => discount)),
    tax: sum(lines.map(({ tax }) => tax)),
    shipping_cost: parts.shipping,
    total: memoAmountOf(credit),
    deducted_later: memoAmountOf(credit) - amount,
    kind,
    credited_at: at,
    invoice_number,
    settled_return: one === null ? null : memoReturnOf(one, order, credit),
    reason_category,
    goodwill: parts.goodwill,
    ...termsOf(order, credit, value),
    set_off: amount - pays,
    paid_out: paidOutOf(pays, refunds, settlementOf(order, credit)?.refund_method ?? 'original_payment'),
  };
};
