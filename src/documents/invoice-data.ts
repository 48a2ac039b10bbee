import type { InvoiceData, Party, Seller } from './document-data.ts';
import { finalPrice, orderTotals, type Address, type Order } from '../domain/order/index.ts';
import { isErased } from '../domain/shared/decider.ts';
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

/** What the invoice of an order says, the order being as it was when it was shipped. */
export const invoiceDataOf = (
  order: Order,
  { number, requested_at }: IssuedDocument,
  { seller, timeZone }: DocumentSettings,
): InvoiceData => {
  const { subtotal, discount_total, tax, shipping_cost, total } = orderTotals(order);
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
    lines: order.lines.map((line) => ({ ...line, total: finalPrice(line) })),
    subtotal,
    discount_total,
    tax,
    shipping_cost,
    total,
    payment_method: order.payment_method,
  };
};
