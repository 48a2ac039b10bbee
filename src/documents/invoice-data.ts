import type { DocumentLine, InvoiceData, Party, Seller } from './document-data.ts';
import { finalPrice, orderTotals, reductionOf, type Address, type Order } from '../domain/order/index.ts';
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

/** Credits before the invoice that belong to no line. */
const deductionsOf = ({ credits }: Order): Pick<InvoiceData, 'shipping_reduction' | 'goodwill'> => ({
  shipping_reduction: sum(credits.map(({ parts }) => parts.shipping)),
  goodwill: sum(credits.map(({ parts }) => parts.goodwill)),
});

/**
 * The content of an order's invoice, with the order as it was when it was shipped. Credits booked before lower their
 * line or are deducted below, so the total is the amount owed at that time.
 */
export const invoiceDataOf = (
  order: Order,
  { number, requested_at, request }: IssuedDocument,
  { seller, timeZone }: DocumentSettings,
): InvoiceData => {
  const { subtotal, shipping_cost } = orderTotals(order);
  const lines = order.lines.map((line): DocumentLine => {
    const reduction = reductionOf(order, line.id);
    const reduced = reducedLine(line, reduction);
    return { ...reduced, total: finalPrice(reduced), reduction };
  });
  return {
    number,
    order_number: order.order_number,
    issued_at: requested_at,
    ordered_at: order.created_at,
    shipped_at: order.shipped_at,
    time_zone: timeZone,
    currency: order.currency,
    seller,
    ...partiesOf(order),
    lines,
    subtotal,
    discount_total: sum(lines.map(({ discount }) => discount)),
    tax: sum(lines.map(({ tax }) => tax)),
    shipping_cost,
    ...deductionsOf(order),
    total: request.amount,
    payment_method: order.payment_method,
  };
};
