import { match } from 'ts-pattern';
import { normalisedWord } from '../../domain/shared/normalise-name.ts';
import type { Row } from '../file/sheet.ts';
import type { Cell, Findings } from '../findings.ts';
import type { DraftLine, DraftRefund, DraftStatus, Paid } from '../orders/draft.ts';
import { readingsOf } from '../orders/readings.ts';
import { addressOf, first, notBlank, textCell, textOf, type Profile } from './profile.ts';

const FINANCIAL = [
  'paid',
  'partially_paid',
  'pending',
  'authorized',
  'expired',
  'unpaid',
  'refunded',
  'partially_refunded',
  'voided',
] as const;
type Financial = (typeof FINANCIAL)[number];

const FULFILMENTS = ['fulfilled', 'partial', 'unfulfilled', 'restocked', 'unshipped'] as const;
type Fulfilment = (typeof FULFILMENTS)[number];

const wordOf = <W extends string>(words: readonly W[], cell: Cell | undefined, otherwise: W, found: Findings): W => {
  if (cell === undefined) return otherwise;
  const known = words.find((word) => word === normalisedWord(cell.text));
  if (known === undefined) found.error(cell, `one of ${words.join(', ')}`);
  return known ?? otherwise;
};

const lineOf = (row: Row): DraftLine => ({
  place: { line: row.line, quantity: 'Lineitem quantity', amount: 'Lineitem price' },
  product_id: undefined,
  product_name: row.cell('Lineitem name'),
  product_sku: row.cell('Lineitem sku'),
  quantity: row.cell('Lineitem quantity'),
  amount: row.cell('Lineitem price'),
  discount: row.cell('Lineitem discount'),
});

const paidOf = (financial: Financial, rows: readonly Row[], number: Cell, found: Findings): Paid =>
  match(financial)
    .returnType<Paid>()
    .with('paid', 'refunded', 'partially_refunded', () => ({ paid: 'everything' }))
    .with('pending', 'authorized', 'expired', 'unpaid', 'voided', () => ({ paid: 'nothing' }))
    .with('partially_paid', () => {
      const outstanding = first(rows, 'Outstanding Balance');
      if (outstanding !== undefined) return { paid: 'all but', outstanding };
      found.error(
        first(rows, 'Financial Status') ?? number,
        'the column Outstanding Balance, which shows how much was paid',
      );
      return { paid: 'nothing' };
    })
    .exhaustive();

/** Shopify exports the refunded amount, but not its time. A sum of 0 means no refund. */
const refundsOf = (financial: Financial, rows: readonly Row[], number: Cell): readonly DraftRefund[] => {
  const amount = first(rows, 'Refunded Amount');
  const isSome = amount !== undefined && /[1-9]/.test(amount.text);
  if (isSome) return [{ amount, at: undefined, from: amount }];
  return financial === 'refunded' ? [{ amount: undefined, at: undefined, from: number }] : [];
};

const statusOf = (
  { financial, fulfilment, isCancelled }: { financial: Financial; fulfilment: Fulfilment; isCancelled: boolean },
  number: Cell,
  found: Findings,
): DraftStatus => {
  if (fulfilment === 'fulfilled') {
    if (isCancelled) found.warning(number, 'an order that was not shipped before its cancellation; it stays delivered');
    return 'delivered';
  }
  if (isCancelled) return 'cancelled';
  if (financial === 'voided' || financial === 'expired') {
    found.warning(number, 'a time of cancellation; the time of the order was used');
    return 'cancelled';
  }
  if (fulfilment === 'partial') {
    found.warning(number, 'an order that was shipped completely or not at all; its status is processing');
    return 'processing';
  }
  return financial === 'paid' || financial === 'partially_refunded' || financial === 'refunded'
    ? 'confirmed'
    : 'pending';
};

const addressColumns = (kind: 'Billing' | 'Shipping') => ({
  recipient_name: `${kind} Name`,
  company: `${kind} Company`,
  street: [`${kind} Street`, `${kind} Address1`],
  street2: `${kind} Address2`,
  city: `${kind} City`,
  state: [`${kind} Province`, `${kind} Province Name`],
  postal_code: `${kind} Zip`,
  country: `${kind} Country`,
  phone: `${kind} Phone`,
});

/** Shopify's order export: a row for each line, and the data of the order in its first row. */
export const shopify: Profile = {
  source: 'shopify',
  layout: { required: ['Name', 'Created at', 'Total', 'Lineitem quantity', 'Lineitem price'] },
  decimal: 'auto',
  readings: readingsOf({ amounts: ['unit'], tax: ['on top', 'included'], discount: ['order', 'lines'] }),
  numberOf: (row) => row.cell('Name'),
  draft: (rows, number, found) => {
    const financial = wordOf(FINANCIAL, first(rows, 'Financial Status'), 'pending', found);
    const fulfilment = wordOf(FULFILMENTS, first(rows, 'Fulfillment Status'), 'unfulfilled', found);
    const cancelled_at = first(rows, 'Cancelled at');
    const fulfilled_at = first(rows, 'Fulfilled at');
    const billing = addressOf(rows, addressColumns('Billing'));
    const shipping = addressOf(rows, addressColumns('Shipping'));
    return {
      number,
      columns: { currency: 'Currency', created_at: 'Created at' },
      currency: first(rows, 'Currency'),
      created_at: first(rows, 'Created at'),
      paid_at: first(rows, 'Paid at'),
      shipped_at: fulfilled_at,
      delivered_at: fulfilled_at,
      cancelled_at,
      customer: {
        email: textCell(first(rows, 'Email')),
        name: textOf(first(rows, 'Shipping Name', 'Billing Name')),
      },
      shipping_address: shipping ?? billing,
      billing_address: billing,
      notes: textOf(first(rows, 'Notes')) ?? null,
      meta_data: notBlank({
        discount_code: textOf(first(rows, 'Discount Code')),
        tags: textOf(first(rows, 'Tags')),
      }),
      payment_method: textOf(first(rows, 'Payment Method')) ?? null,
      // A row without quantity and price has no line: all lines of the order were removed.
      lines: rows
        .filter((row) => row.cell('Lineitem quantity') !== undefined || row.cell('Lineitem price') !== undefined)
        .map(lineOf),
      shipping: [first(rows, 'Shipping')],
      tax: first(rows, 'Taxes'),
      discount: first(rows, 'Discount Amount'),
      charges: [
        { name: 'Duties', amount: first(rows, 'Duties') },
        { name: 'Tip', amount: first(rows, 'Tip', 'Tip Amount') },
      ],
      subtotal: first(rows, 'Subtotal'),
      total: first(rows, 'Total'),
      status: statusOf({ financial, fulfilment, isCancelled: cancelled_at !== undefined }, number, found),
      paid: paidOf(financial, rows, number, found),
      refunds: refundsOf(financial, rows, number),
    };
  },
};
