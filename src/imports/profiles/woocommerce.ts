import type { Row } from '../file/sheet.ts';
import type { Cell, Findings } from '../findings.ts';
import type { Draft, DraftLine, DraftRefund, DraftStatus } from '../orders/draft.ts';
import { readingsOf } from '../orders/readings.ts';
import { addressOf, first, notBlank, textCell, textOf, type Profile } from './profile.ts';

type State = { readonly status: DraftStatus; readonly isPaid: boolean; readonly isRefunded?: true };

const STATES: ReadonlyMap<string, State> = new Map<string, State>([
  ['pending', { status: 'pending', isPaid: false }],
  ['on-hold', { status: 'pending', isPaid: false }],
  ['checkout-draft', { status: 'pending', isPaid: false }],
  ['processing', { status: 'processing', isPaid: true }],
  ['completed', { status: 'delivered', isPaid: true }],
  ['refunded', { status: 'delivered', isPaid: true, isRefunded: true }],
  ['cancelled', { status: 'cancelled', isPaid: false }],
  ['failed', { status: 'cancelled', isPaid: false }],
]);

const stateOf = (cell: Cell | undefined, found: Findings): State => {
  const word = cell?.text.toLowerCase().replace(/^wc-/, '');
  const state = word === undefined ? undefined : STATES.get(word);
  if (cell !== undefined && state === undefined) found.error(cell, `one of ${[...STATES.keys()].join(', ')}`);
  return state ?? { status: 'pending', isPaid: false };
};

/**
 * The parts of `name:Scarf|sku:SC|quantity:2`, where a name may hold bars and colons of its own: a part begins only
 * with one of the names that these parts have.
 */
const partsOf = (cell: Cell, names: readonly string[]): ReadonlyMap<string, Cell> => {
  const beginning = new RegExp(`\\|(?=(?:${names.join('|')}):)`);
  return new Map(
    cell.text.split(beginning).flatMap((part): (readonly [string, Cell])[] => {
      const place = part.indexOf(':');
      const text = part.slice(place + 1).trim();
      return place < 0 || text === '' ? [] : [[part.slice(0, place).trim(), { ...cell, text }]];
    }),
  );
};

const LINE_PARTS = [
  'name',
  'product_id',
  'sku',
  'quantity',
  'total',
  'sub_total',
  'tax',
  'total_tax',
  'refunded',
  'meta',
  'variation_id',
];
const REFUND_PARTS = ['refund_id', 'id', 'amount', 'date', 'reason'];

const lineOf = (cell: Cell): DraftLine => {
  const parts = partsOf(cell, LINE_PARTS);
  const total = parts.get('total');
  return {
    place: { line: cell.line, quantity: cell.column, amount: cell.column },
    product_id: parts.get('product_id'),
    product_name: parts.get('name'),
    product_sku: parts.get('sku'),
    quantity: parts.get('quantity'),
    amount: parts.get('sub_total') ?? total,
    amount_after_discount: total,
  };
};

/** Lines are in columns next to each other: `line_item_1`, `line_item_2` … */
const lineCells = (rows: readonly Row[]): readonly Cell[] => {
  const cells: Cell[] = [];
  for (let n = 1; ; n++) {
    const cell = first(rows, `line_item_${n}`);
    if (cell === undefined) return cells;
    cells.push(cell);
  }
};

/** With cash on delivery, the money is received with the delivery. */
const isPaid = ({ isPaid: usually, status }: State, rows: readonly Row[]): boolean => {
  if (first(rows, 'paid_date', 'date_paid') !== undefined) return true;
  return usually && !(status === 'processing' && first(rows, 'payment_method')?.text === 'cod');
};

const refundsOf = (rows: readonly Row[], { isRefunded }: State, number: Cell): readonly DraftRefund[] => {
  const cell = first(rows, 'refund_items');
  const stated = (cell?.text.split(';') ?? []).flatMap((text): DraftRefund[] => {
    if (cell === undefined || text.trim() === '') return [];
    const parts = partsOf({ ...cell, text: text.trim() }, REFUND_PARTS);
    return parts.has('amount') ? [{ amount: parts.get('amount'), at: parts.get('date'), from: cell }] : [];
  });
  if (stated.length > 0 || isRefunded !== true) return stated;
  return [{ amount: undefined, at: undefined, from: number }];
};

const customerOf = (rows: readonly Row[]): Draft['customer'] => {
  const id = first(rows, 'customer_id', 'customer_user')?.text;
  const names = [first(rows, 'billing_first_name'), first(rows, 'billing_last_name')].flatMap(
    (cell) => textOf(cell) ?? [],
  );
  return {
    // 0 means a guest.
    id: id === undefined || id === '0' ? undefined : `woocommerce:${id}`,
    email: textCell(first(rows, 'customer_email', 'billing_email')),
    name: names.length === 0 ? undefined : names.join(' '),
  };
};

const addressColumns = (kind: 'billing' | 'shipping') => ({
  company: `${kind}_company`,
  street: `${kind}_address_1`,
  street2: `${kind}_address_2`,
  city: `${kind}_city`,
  state: `${kind}_state`,
  postal_code: `${kind}_postcode`,
  country: `${kind}_country`,
  phone: `${kind}_phone`,
});

/** WooCommerce's order export: a row for each order, with its lines in columns. */
export const woocommerce: Profile = {
  source: 'woocommerce',
  layout: { required: ['order_date', 'status', 'order_total', 'line_item_1'] },
  decimal: 'auto',
  readings: readingsOf({ amounts: ['line'], tax: ['on top', 'included'], discount: ['lines', 'order'] }),
  numberOf: (row) => row.cell('order_number') ?? row.cell('order_id'),
  draft: (rows, number, found) => {
    const state = stateOf(first(rows, 'status'), found);
    const paid_at = first(rows, 'paid_date', 'date_paid');
    const completed_at = first(rows, 'completed_date', 'date_completed');
    const billing = addressOf(rows, addressColumns('billing'));
    const tracking_number = textOf(first(rows, 'tracking_number'));
    return {
      number,
      columns: { currency: 'order_currency', created_at: 'order_date' },
      currency: first(rows, 'order_currency'),
      created_at: first(rows, 'order_date'),
      paid_at,
      shipped_at: completed_at,
      delivered_at: completed_at,
      customer: customerOf(rows),
      shipping_address: addressOf(rows, addressColumns('shipping')) ?? billing,
      billing_address: billing,
      notes: textOf(first(rows, 'customer_note', 'customer_message')) ?? null,
      meta_data: notBlank({ coupon: textOf(first(rows, 'coupon_items', 'coupons')) }),
      payment_method: textOf(first(rows, 'payment_method')) ?? null,
      ...(tracking_number !== undefined && { tracking_number }),
      lines: lineCells(rows).map(lineOf),
      shipping: [first(rows, 'shipping_total')],
      shipping_tax: first(rows, 'shipping_tax_total'),
      tax: first(rows, 'tax_total'),
      discount: first(rows, 'discount_total', 'cart_discount'),
      charges: [
        { name: 'Fee', amount: first(rows, 'fee_total') },
        { name: 'Fee tax', amount: first(rows, 'fee_tax_total') },
      ],
      subtotal: first(rows, 'order_subtotal'),
      total: first(rows, 'order_total'),
      status: state.status,
      paid: isPaid(state, rows) ? { paid: 'everything' } : { paid: 'nothing' },
      refunds: refundsOf(rows, state, number),
    };
  },
};
