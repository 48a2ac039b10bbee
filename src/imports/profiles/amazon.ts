import type { Row } from '../file/sheet.ts';
import type { Cell, Findings } from '../findings.ts';
import type { DraftLine, DraftStatus } from '../orders/draft.ts';
import { readingsOf } from '../orders/readings.ts';
import { addressOf, first, textCell, textOf, type Profile } from './profile.ts';

/** Amazon charges the customer at shipping. */
const STATUSES: readonly (readonly [beginning: string, status: DraftStatus])[] = [
  ['shipped - delivered', 'delivered'],
  ['shipped - picked up', 'shipped'],
  ['shipped', 'shipped'],
  ['delivered', 'delivered'],
  ['unshipped', 'confirmed'],
  ['partiallyshipped', 'processing'],
  ['shipping', 'processing'],
  ['complete', 'delivered'],
  ['pending', 'pending'],
  ['unfulfillable', 'cancelled'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
];

const statusOf = (cell: Cell | undefined, found: Findings): DraftStatus => {
  const word = cell?.text.toLowerCase() ?? 'pending';
  const known = STATUSES.find(([beginning]) => word.startsWith(beginning));
  if (cell !== undefined && known === undefined)
    found.error(cell, 'a status of Amazon: Pending, Unshipped, Shipped or Cancelled');
  return known?.[1] ?? 'pending';
};

/** A cancelled item has a quantity of 0 and no price: it was never sold. */
const isSold = (row: Row): boolean =>
  !/^0*$/.test(row.cell('quantity')?.text ?? '') &&
  !(/^cancell?ed$/i.test(row.cell('item-status')?.text ?? '') && row.cell('item-price') === undefined);

const lineOf = (row: Row): DraftLine => ({
  place: { line: row.line, quantity: 'quantity', amount: 'item-price' },
  product_id: row.cell('asin') ?? row.cell('sku'),
  product_name: row.cell('product-name'),
  product_sku: row.cell('sku'),
  quantity: row.cell('quantity'),
  amount: row.cell('item-price'),
  discount: row.cell('item-promotion-discount'),
  tax: row.cell('item-tax') ?? { text: '0', line: row.line, column: 'item-tax' },
});

/** A sum of several cells has no text of its own: findings refer to each cell. */
const each = (rows: readonly Row[], column: string): readonly (Cell | undefined)[] =>
  rows.map((row) => row.cell(column));

/**
 * The flat file of orders of Amazon: a row for each item, each with its share of shipping; tabs, no quotes, and no
 * total. The price of an item is for all its units; tax is added to it.
 */
export const amazon: Profile = {
  source: 'amazon',
  layout: { required: ['amazon-order-id', 'purchase-date', 'order-status', 'quantity', 'item-price'], quotes: false },
  decimal: 'auto',
  readings: readingsOf({ amounts: ['line'], tax: ['on top'], discount: ['lines'] }),
  numberOf: (row) => row.cell('amazon-order-id'),
  draft: (rows, number, found) => {
    const status = statusOf(first(rows, 'order-status'), found);
    const sold = rows.filter(isSold);
    const last_updated = first(rows, 'ship-date', 'shipment-date');
    const isPaid = status === 'shipped' || status === 'delivered';
    const address = addressOf(rows, {
      recipient_name: 'recipient-name',
      street: 'ship-address-1',
      street2: 'ship-address-2',
      city: 'ship-city',
      state: 'ship-state',
      postal_code: 'ship-postal-code',
      country: 'ship-country',
      phone: 'ship-phone-number',
    });
    return {
      number,
      columns: { currency: 'currency', created_at: 'purchase-date' },
      currency: first(sold, 'currency') ?? first(rows, 'currency'),
      created_at: first(rows, 'purchase-date'),
      paid_at: first(rows, 'payments-date') ?? last_updated,
      shipped_at: last_updated,
      delivered_at: last_updated,
      customer: {
        email: textCell(first(rows, 'buyer-email')),
        name: textOf(first(rows, 'buyer-name', 'recipient-name')),
      },
      shipping_address: address,
      billing_address: null,
      notes: null,
      meta_data: null,
      payment_method: 'amazon',
      lines: sold.map(lineOf),
      shipping: [
        ...each(sold, 'shipping-price'),
        ...each(sold, 'shipping-tax'),
        ...each(sold, 'gift-wrap-price'),
        ...each(sold, 'gift-wrap-tax'),
      ],
      shipping_discounts: each(sold, 'ship-promotion-discount'),
      status,
      paid: isPaid ? { paid: 'everything' } : { paid: 'nothing' },
      refunds: [],
    };
  },
};
