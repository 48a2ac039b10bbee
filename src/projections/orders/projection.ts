import { ERASED, type Fact } from '../../domain/shared/decider.ts';
import { toDecimal } from '../../domain/shared/amount-notation.ts';
import {
  isPlaced,
  ledgerOf,
  needsOf,
  NO_ORDER,
  orderFold,
  orderTotals,
  type Ledger,
  type Order,
  type OrderEvent,
} from '../../domain/order/index.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { projection } from '../engine/index.ts';
import { counterOf, countersOf } from '../list/index.ts';
import { csvForm } from './csv.ts';

/** What `GET /orders` answers from. Personal data stays sealed, as its events have it. */
export type OrderRow = {
  readonly id: string;
  readonly revision: number;
  readonly customer_id: string;
  readonly status: string;
  readonly delivery_partner_id: string | null;
  /** Major units, so that orders of several currencies compare. Written as text, read back as a number. */
  readonly total: string | number;
  /** What the customer is to pay in all, major units: the total less what was credited. */
  readonly owed: string | number;
  readonly payment_status: Ledger['payment_status'];
  readonly refund_status: Ledger['refund_status'];
  readonly needs_resolution: boolean;
  readonly needs_payout: boolean;
  readonly held: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  /** When the goods left the house, by carrier or courier. */
  readonly shipped_at: string | null;
  /** Without `personal`, which has a column of its own. */
  readonly state: Order;
  readonly personal: Order['personal'];
  /** Its line of the CSV export, less what is personal. */
  readonly csv: string;
};

/** Orders of the rows made here: the next event of an order need not put it together again. */
const madeOf = new WeakMap<object, Order>();

/** An order as a row holds it. */
export const orderIn = (row: Pick<OrderRow, 'state' | 'personal'>): Order =>
  madeOf.get(row) ?? { ...row.state, personal: row.personal };

/** Summed up again only when lines or shipping have changed: most events leave them alone. */
const totalOf = (order: Order, row: OrderRow | undefined): OrderRow['total'] => {
  const before = row === undefined ? undefined : orderIn(row);
  return row !== undefined && before?.lines === order.lines && before.shipping_cost === order.shipping_cost
    ? row.total
    : toDecimal(orderTotals(order).total, order.currency);
};

/** Most rows of a rebuild change again before they are written: this is worked out for those that are. */
const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

const toRow = (recorded: Recorded, order: Order, total: OrderRow['total']): OrderRow => {
  const needs = lazily(() => needsOf(order));
  const state = lazily(() => ({ ...order, personal: ERASED }));
  const id = streamId(recorded.stream);
  const csv = lazily(() => csvForm(id, order));
  const row: OrderRow = {
    id,
    revision: Number(recorded.revision),
    customer_id: order.customer_id,
    status: order.status,
    delivery_partner_id: order.delivery.partner_id,
    total,
    get owed() {
      return toDecimal(ledgerOf(order).owed, order.currency);
    },
    get payment_status() {
      return ledgerOf(order).payment_status;
    },
    get refund_status() {
      return ledgerOf(order).refund_status;
    },
    get needs_resolution() {
      return needs().includes('resolution');
    },
    get needs_payout() {
      return needs().includes('payout');
    },
    held: order.held !== null,
    created_at: order.created_at,
    updated_at: order.updated_at,
    shipped_at: order.shipped_at,
    get state() {
      return state();
    },
    personal: order.personal,
    get csv() {
      return csv();
    },
  };
  madeOf.set(row, order);
  return row;
};

/** Beside what every list counts: the filters of staff, so that their totals and metrics need no counting. */
const orderCounters = (row: OrderRow): readonly string[] => [
  ...countersOf(row),
  counterOf('payment_status', row.payment_status),
  counterOf('refund_status', row.refund_status),
  ...(row.needs_resolution ? [counterOf('needs', 'resolution')] : []),
  ...(row.needs_payout ? [counterOf('needs', 'payout')] : []),
  ...(row.held ? [counterOf('held', 'true')] : []),
];

export const orderList = projection<OrderRow>({
  name: 'order_list',
  version: 7,
  prefixes: ['order-'],
  personal: 'sealed',
  table: 'order_list',
  key: 'id',
  keysElsewhere: "select id from numbers where kind = 'order'",
  columns: {
    id: 'uuid',
    revision: 'bigint',
    customer_id: 'text',
    status: 'text',
    delivery_partner_id: 'text',
    total: 'numeric',
    owed: 'numeric',
    payment_status: 'text',
    refund_status: 'text',
    needs_resolution: 'boolean',
    needs_payout: 'boolean',
    held: 'boolean',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    shipped_at: 'timestamptz',
    state: 'json',
    personal: 'json',
    csv: 'text',
  },
  evolve: (row, recorded) => {
    const fact = recorded.fact as Fact<OrderEvent>; // order streams hold nothing else
    const order = orderFold.evolve(row === undefined ? NO_ORDER : orderIn(row), fact);
    return isPlaced(order) ? toRow(recorded, order, totalOf(order, row)) : row;
  },
  counters: orderCounters,
  counted: ['customer_id', 'status', 'payment_status', 'refund_status', 'needs_resolution', 'needs_payout', 'held'],
});
