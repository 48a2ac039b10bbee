import type { ItemUnits, UnitRange } from '../vocabulary/unit-ranges.ts';
import { sum, type Minor } from '../../shared/money.ts';
import { cancelledUnits, unitsInShipments } from '../goods/shipments.ts';
import type { CreditParts, CreditsInvoiced, InvoiceParts, OrderLine, ToDeduct } from '../vocabulary/events.ts';
import { worthOfUnits } from './unit-values.ts';
import { unitsInBoth, unitsOutside } from '../vocabulary/unit-ranges.ts';
import type { Credit, Order } from '../vocabulary/state.ts';
import { ledgerOf } from './ledger.ts';

/** Goods were shipped: the event that causes the invoice has happened, even if the invoice has no number yet. */
export const isInvoiced = ({ invoices }: Pick<Order, 'invoices'>): boolean => invoices.length > 0;

/** One invoice was for everything not invoiced before. */
const isAllInvoiced = ({ invoices }: Pick<Order, 'invoices'>): boolean =>
  invoices.some(({ shipment_id }) => shipment_id === null);

/** Units of a line that are on no invoice yet, and were not cancelled. */
export const uninvoicedUnits = (order: Order, { id, quantity }: OrderLine): readonly UnitRange[] => {
  if (isAllInvoiced(order)) return [];
  const invoiced = unitsInShipments(order, id, ({ shipment_id }) =>
    order.invoices.some((invoice) => invoice.shipment_id === shipment_id),
  );
  return unitsOutside([...invoiced, ...cancelledUnits(order, id)], quantity);
};

/** What of a credit has no memo. */
export const toDeductOf = ({ invoiced, parts, to_deduct, amount }: Credit): ToDeduct => {
  if (to_deduct !== null) return to_deduct;
  if (invoiced) return { items: [], rest: 0 };
  const items = parts.items.map((item) => ({ order_item_id: item.order_item_id, amount: item.amount }));
  return { items, rest: amount - sum(items.map((item) => item.amount)) };
};

const sumOf = ({ items, rest }: ToDeduct): Minor => sum(items.map(({ amount }) => amount)) + rest;

/** The amount of the credit memo of a credit: the part of it that is of something invoiced. */
export const memoAmountOf = (credit: Credit): Minor => credit.amount - sumOf(toDeductOf(credit));

/** What is invoiced and not credited by a memo. */
export const documentedOf = ({ invoices, credits }: Order): Minor =>
  sum(invoices.map(({ amount }) => amount)) - sum(credits.map(memoAmountOf));

const ofLine = (items: readonly { readonly order_item_id: string; readonly amount: Minor }[], lineId: string): Minor =>
  sum(items.filter(({ order_item_id }) => order_item_id === lineId).map(({ amount }) => amount));

/** Credits of a line that no invoice has deducted yet. */
export const pendingOfLine = ({ credits, invoices }: Order, lineId: string): Minor =>
  sum(credits.map((credit) => ofLine(toDeductOf(credit).items, lineId))) -
  sum(invoices.map(({ parts }) => ofLine(parts?.reductions ?? [], lineId)));

const deductedBy = ({ parts }: Order['invoices'][number]): Minor =>
  parts === null ? 0 : parts.deducted + sum(parts.reductions.map(({ amount }) => amount));

/** Credits that no invoice has deducted yet: an invoice for everything deducts all of them. */
export const pendingOf = (order: Order): Minor =>
  isAllInvoiced(order)
    ? 0
    : sum(order.credits.map((credit) => sumOf(toDeductOf(credit)))) - sum(order.invoices.map(deductedBy));

/** What is owed and on no invoice yet: units, shipping before the first invoice, less the credits to be deducted. */
export const uninvoicedOf = (order: Order): Minor => {
  if (!isInvoiced(order)) return ledgerOf(order).owed;
  if (isAllInvoiced(order)) return 0;
  return sum(order.lines.map((line) => worthOfUnits(line, uninvoicedUnits(order, line)))) - pendingOf(order);
};

/**
 * The invoice of one shipment: its units that are on no invoice yet, and shipping on the first one. A credit of a line
 * lowers that line; other credits are deducted as soon as there is room, and the last invoice deducts what is left.
 */
export const invoiceOfShipment = (
  order: Order,
  items: readonly ItemUnits[],
): { readonly amount: Minor; readonly parts: InvoiceParts } | null => {
  const lines = order.lines.map((line) => {
    const open = uninvoicedUnits(order, line);
    const shipped = items.find(({ order_item_id }) => order_item_id === line.id)?.units ?? [];
    const invoiced = unitsInBoth(open, shipped);
    const worth = worthOfUnits(line, invoiced);
    const pending = pendingOfLine(order, line.id);
    const reduction = Math.min(worth, pending);
    // The line's own units that come later take the rest of its credits.
    const later = Math.min(pending - reduction, worthOfUnits(line, open) - worth);
    return { order_item_id: line.id, isIn: invoiced.length > 0, worth, reduction, later };
  });
  if (!lines.some(({ isIn }) => isIn)) return null;
  const shipping = isInvoiced(order) ? 0 : order.shipping_cost;
  const reduced = sum(lines.map(({ reduction }) => reduction));
  const room = sum(lines.map(({ worth }) => worth)) - reduced + shipping;
  const deducted = Math.min(room, pendingOf(order) - reduced - sum(lines.map(({ later }) => later)));
  const reductions = lines
    .filter(({ reduction }) => reduction > 0)
    .map(({ order_item_id, reduction }) => ({ order_item_id, amount: reduction }));
  return { amount: room - deducted, parts: { shipping, reductions, deducted } };
};

/**
 * Which part of a further credit gets a memo: what it credits of something invoiced, and never more than is invoiced
 * and not credited yet. The rest is deducted from the invoices to come.
 */
export const documentCredit = (order: Order, amount: Minor, parts: CreditParts): CreditsInvoiced => {
  if (!isInvoiced(order)) return { invoiced: false };
  const uninvoiced = uninvoicedOf(order);
  const documented = documentedOf(order);
  if (uninvoiced === 0 && amount <= documented) return { invoiced: true };
  const wanted = parts.items
    .filter(({ units }) => units === undefined)
    .map(({ order_item_id, amount: ofItem }) => ({
      order_item_id,
      amount: Math.min(ofItem, notOnInvoice(order, order_item_id)),
    }));
  const items = capItems(wanted, Math.min(uninvoiced, amount));
  const rest = Math.max(0, amount - documented - sum(items.map((item) => item.amount)));
  const to_deduct = { items, rest };
  const withoutMemo = sumOf(to_deduct);
  if (withoutMemo === 0) return { invoiced: true };
  return withoutMemo === amount ? { invoiced: false, to_deduct } : { invoiced: true, to_deduct };
};

/** What of a line is on no invoice yet and not credited. */
const notOnInvoice = (order: Order, lineId: string): Minor => {
  const line = order.lines.find(({ id }) => id === lineId);
  if (line === undefined) return 0;
  return Math.max(0, worthOfUnits(line, uninvoicedUnits(order, line)) - pendingOfLine(order, lineId));
};

const capItems = (items: ToDeduct['items'], limit: Minor): ToDeduct['items'] => {
  let left = limit;
  return items
    .map((item) => {
      const amount = Math.min(item.amount, left);
      left -= amount;
      return { ...item, amount };
    })
    .filter(({ amount }) => amount > 0);
};

/** A line of an invoice: its units, what they were sold for, and the credits that lower it. */
export type InvoicedLine = {
  readonly line: OrderLine;
  readonly units: readonly UnitRange[];
  readonly worth: Minor;
  readonly reduction: Minor;
};

/** What the nth invoice of an order is for. `isWhole`: everything, because nothing was invoiced before. */
export type InvoiceContent = {
  readonly isWhole: boolean;
  readonly lines: readonly InvoicedLine[];
  readonly shipping: Minor;
  /** Other credits that were booked before. */
  readonly deducted: Minor;
};

export const contentOfInvoice = (order: Order, n: number): InvoiceContent | undefined => {
  const invoice = order.invoices[n];
  if (invoice === undefined) return undefined;
  const before = { ...order, invoices: order.invoices.slice(0, n) };
  const { shipment_id, parts, amount } = invoice;
  const shipped = order.shipments.find((one) => one.shipment_id === shipment_id);
  const lines = order.lines
    .map((line): InvoicedLine => {
      const open = uninvoicedUnits(before, line);
      const own = shipped?.items.find(({ order_item_id }) => order_item_id === line.id)?.units ?? [];
      const units = shipment_id === null ? open : unitsInBoth(open, own);
      const reduction = ofLine(parts?.reductions ?? [], line.id);
      return { line, units, worth: worthOfUnits(line, units), reduction };
    })
    .filter(({ units }) => units.length > 0);
  const shipping = n === 0 ? order.shipping_cost : 0;
  const gross = sum(lines.map(({ worth, reduction }) => worth - reduction)) + shipping;
  return { isWhole: n === 0 && shipment_id === null, lines, shipping, deducted: gross - amount };
};
