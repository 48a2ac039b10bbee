import type { Fact } from '../../domain/shared/decider.ts';
import { toDecimal } from '../../domain/shared/amount-notation.ts';
import { orderFold, isPlaced, NO_ORDER, orderTotals, type Order, type OrderEvent } from '../../domain/order/index.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { projection } from '../engine/index.ts';
import { countersOf } from '../list/index.ts';
import { orderCsv } from './csv.ts';

/** What `GET /orders` answers from. Personal data is in `state` and `csv` alone. */
export type OrderRow = {
  readonly id: string;
  readonly revision: number;
  readonly customer_id: string;
  readonly status: string;
  readonly delivery_partner_id: string | null;
  /** Major units, so that orders of several currencies compare. Written as text, read back as a number. */
  readonly total: string | number;
  readonly created_at: string;
  readonly updated_at: string;
  /** When the goods left the house, by carrier or courier. */
  readonly shipped_at: string | null;
  readonly state: Order;
  /** Its line of the CSV export. */
  readonly csv: string | null;
};

/** Summed up again only when lines or shipping have changed: most events leave them alone. */
const totalOf = (order: Order, before: OrderRow | undefined): OrderRow['total'] =>
  before?.state.lines === order.lines && before.state.shipping_cost === order.shipping_cost
    ? before.total
    : toDecimal(orderTotals(order).total, order.currency);

const toRow = (recorded: Recorded, order: Order, before: OrderRow | undefined): OrderRow => ({
  id: streamId(recorded.stream),
  revision: Number(recorded.revision),
  customer_id: order.customer_id,
  status: order.status,
  delivery_partner_id: order.delivery.partner_id,
  total: totalOf(order, before),
  created_at: order.created_at,
  updated_at: order.updated_at,
  shipped_at: order.shipped_at,
  state: order,
  // Made when the row is written: most rows of a rebuild change again before.
  get csv() {
    return orderCsv(this.id, order);
  },
});

export const orderList = projection<OrderRow>({
  name: 'order_list',
  version: 2,
  prefixes: ['order-'],
  table: 'order_list',
  key: 'id',
  columns: {
    id: 'uuid',
    revision: 'bigint',
    customer_id: 'text',
    status: 'text',
    delivery_partner_id: 'text',
    total: 'numeric',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    shipped_at: 'timestamptz',
    state: 'json',
    csv: 'text',
  },
  evolve: (row, recorded) => {
    const fact = recorded.fact as Fact<OrderEvent>; // order streams hold nothing else
    const order = orderFold.evolve(row?.state ?? NO_ORDER, fact);
    return isPlaced(order) ? toRow(recorded, order, row) : row;
  },
  counters: countersOf,
});
