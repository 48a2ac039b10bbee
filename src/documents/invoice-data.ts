import type { DocumentLine, InvoiceData, Party, Seller } from './document-data.ts';
import {
  contentOfInvoice,
  countUnits,
  finalPrice,
  orderTotals,
  partsOfUnits,
  reductionOf,
  soldQuantity,
  type Address,
  type InvoiceContent,
  type InvoicedLine,
  type Order,
} from '../domain/order/index.ts';
import { isErased } from '../domain/shared/decider.ts';
import { sum } from '../domain/shared/money.ts';
import { reducedLine } from './reduced-line.ts';
import type { IssuedDocument } from '../commands/index.ts';

export type DocumentSettings = { readonly seller: Seller; readonly timeZone: string };

const recipientOf = (address: Address | null): string | null =>
  typeof address === 'object' && address !== null && typeof address['recipient_name'] === 'string'
    ? address['recipient_name']
    : null;

/** Bill to and ship to; empty once the customer has been erased. */
export const partiesOf = ({ personal }: Order): Pick<InvoiceData, 'bill_to' | 'ship_to'> => {
  if (isErased(personal)) {
    const unknown: Party = { name: null, email: null, address: null };
    return { bill_to: unknown, ship_to: unknown };
  }
  const { customer_name, customer_email, billing_address, shipping_address } = personal;
  return {
    bill_to: { name: customer_name, email: customer_email, address: billing_address ?? shipping_address },
    ship_to: { name: recipientOf(shipping_address) ?? customer_name, email: null, address: shipping_address },
  };
};

type Content = Pick<
  InvoiceData,
  'lines' | 'subtotal' | 'shipping_cost' | 'shipping_reduction' | 'goodwill' | 'credited_before'
>;

/** The whole order. Credits booked before lower their line, or are deducted by what they are for. */
const contentOfOrder = (order: Order): Content => ({
  lines: order.lines
    .filter((line) => soldQuantity(line) > 0)
    .map((line): DocumentLine => {
      const reduction = reductionOf(order, line.id);
      const reduced = reducedLine(line, reduction);
      return { ...reduced, quantity: soldQuantity(line), total: finalPrice(reduced), reduction };
    }),
  subtotal: orderTotals(order).subtotal,
  shipping_cost: order.shipping_cost,
  shipping_reduction: sum(order.credits.map(({ parts }) => parts.shipping)),
  goodwill: sum(order.credits.map(({ parts }) => parts.goodwill)),
  credited_before: 0,
});

/** Some units of a line, with their share of the line as it was ordered. */
const someOf = ({ line: { removed: _, ...kept }, line, units, worth, reduction }: InvoicedLine): DocumentLine => {
  const { discount, tax } = partsOfUnits(line, units, worth);
  const some = reducedLine({ ...kept, quantity: countUnits(units), discount, tax }, reduction);
  return { ...some, total: worth - reduction, reduction };
};

/** The units of one shipment, or what was on no invoice before. */
const contentOfUnits = ({ lines, shipping, deducted }: InvoiceContent): Content => ({
  lines: lines.map(someOf),
  subtotal: sum(lines.map(({ line, units }) => line.unit_price * countUnits(units))),
  shipping_cost: shipping,
  shipping_reduction: 0,
  goodwill: 0,
  credited_before: deducted,
});

/** The content of an invoice, with the order as it was when the goods left: the total is what it was caused for. */
export const invoiceDataOf = (
  order: Order,
  { number, requested_at, request }: IssuedDocument,
  { seller, timeZone }: DocumentSettings,
): InvoiceData => {
  const n = order.invoices.findIndex(({ shipment_id }) => shipment_id === request.shipment_id);
  const invoiced = contentOfInvoice(order, n);
  if (invoiced === undefined) throw new Error(`order ${order.order_number} has not caused this invoice`);
  const content = invoiced.isWhole ? contentOfOrder(order) : contentOfUnits(invoiced);
  const { lines } = content;
  const shipment = order.shipments.find(({ shipment_id }) => shipment_id === request.shipment_id);
  return {
    number,
    order_number: order.order_number,
    issued_at: requested_at,
    ordered_at: order.created_at,
    shipped_at: shipment?.shipped_at ?? order.shipped_at,
    time_zone: timeZone,
    currency: order.currency,
    seller,
    ...partiesOf(order),
    ...content,
    discount_total: sum(lines.map(({ discount }) => discount)),
    tax: sum(lines.map(({ tax }) => tax)),
    total: request.amount,
    payment_method: order.payment_method,
  };
};
