import type { Fact } from '../../domain/shared/decider.ts';
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
import { plainRow, projection } from '../engine/index.ts';
import { counterOf, countersOf } from '../list/index.ts';
import { csvForm } from './csv.ts';
import { storedOrder, wholeOrder, type StoredOrder } from './stored-order.ts';

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
  readonly state: StoredOrder;
  readonly personal: Order['personal'];
  /** Its line of the CSV export, less what is personal. */
  readonly csv: string;
};

const COLUMNS = {
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
} as const satisfies Readonly<Record<keyof OrderRow, string>>;

/** What a row says of an order's money. */
const moneyOf = (order: Order) => {
  const { owed, payment_status, refund_status } = ledgerOf(order);
  const needs = needsOf(order);
  return {
    owed: toDecimal(owed, order.currency),
    payment_status,
    refund_status,
    needs_resolution: needs.includes('resolution'),
    needs_payout: needs.includes('payout'),
  };
};

/**
 * A row made here. It keeps its order, so that the next event need not put it together again, and works out the other
 * columns when they are asked for: most rows of a rebuild change again before they are written. One shape for all rows,
 * because getters of their own make each row several times as large.
 */
class FoldedRow implements OrderRow {
  readonly #order: Order;
  readonly id: string;
  readonly revision: number;
  readonly total: OrderRow['total'];
  #money: ReturnType<typeof moneyOf> | undefined;

  constructor({ stream, revision }: Recorded, order: Order, total: OrderRow['total']) {
    this.#order = order;
    this.id = streamId(stream);
    this.revision = Number(revision);
    this.total = total;
  }

  static orderIn(row: object): Order | undefined {
    return #order in row ? row.#order : undefined;
  }

  get money(): ReturnType<typeof moneyOf> {
    return (this.#money ??= moneyOf(this.#order));
  }
  get customer_id(): string {
    return this.#order.customer_id;
  }
  get status(): string {
    return this.#order.status;
  }
  get delivery_partner_id(): string | null {
    return this.#order.delivery.partner_id;
  }
  get owed(): string {
    return this.money.owed;
  }
  get payment_status(): OrderRow['payment_status'] {
    return this.money.payment_status;
  }
  get refund_status(): OrderRow['refund_status'] {
    return this.money.refund_status;
  }
  get needs_resolution(): boolean {
    return this.money.needs_resolution;
  }
  get needs_payout(): boolean {
    return this.money.needs_payout;
  }
  get held(): boolean {
    return this.#order.held !== null;
  }
  get created_at(): string {
    return this.#order.created_at;
  }
  get updated_at(): string {
    return this.#order.updated_at;
  }
  get shipped_at(): string | null {
    return this.#order.shipped_at;
  }
  get state(): StoredOrder {
    return storedOrder(this.#order);
  }
  get personal(): Order['personal'] {
    return this.#order.personal;
  }
  get csv(): string {
    return csvForm(this.id, this.#order);
  }

  toJSON(): object {
    return plainRow({ columns: COLUMNS }, this);
  }
}

/** An order as a row holds it. */
export const orderIn = (row: Pick<OrderRow, 'state' | 'personal'>): Order =>
  FoldedRow.orderIn(row) ?? wholeOrder(row.state, row.personal);

/** Summed up again only when lines or shipping have changed: most events leave them alone. */
const totalOf = (order: Order, row: OrderRow | undefined, before: Order | undefined): OrderRow['total'] =>
  row !== undefined && before?.lines === order.lines && before.shipping_cost === order.shipping_cost
    ? row.total
    : toDecimal(orderTotals(order).total, order.currency);

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
  version: 8,
  prefixes: ['order-'],
  personal: 'sealed',
  table: 'order_list',
  key: 'id',
  keysElsewhere: "select id from numbers where kind = 'order'",
  columns: COLUMNS,
  evolve: (row, recorded) => {
    const fact = recorded.fact as Fact<OrderEvent>; // order streams hold nothing else
    const before = row === undefined ? undefined : orderIn(row);
    const order = orderFold.evolve(before ?? NO_ORDER, fact);
    return isPlaced(order) ? new FoldedRow(recorded, order, totalOf(order, row, before)) : row;
  },
  counters: orderCounters,
  unread: ['delivery_partner_id', 'owed', 'created_at', 'updated_at', 'shipped_at', 'csv'],
  counted: ['customer_id', 'status', 'payment_status', 'refund_status', 'needs_resolution', 'needs_payout', 'held'],
});
