import type { Knex } from 'knex';
import type { OrderStatus } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Position } from '../../event-store/port.ts';
import { atLeast, atMost, equals, listPage, type List, type Page, type SortedListQuery } from '../list/index.ts';
import { orderStatusHistory } from './projection.ts';

/** All given must hold. */
export type PastOrderFilters = {
  readonly customer_id?: string;
  /** Any of these: the status that the order had then. */
  readonly status?: readonly OrderStatus[];
  /** Inclusive. */
  readonly created_from?: Instant;
  /** Inclusive. */
  readonly created_to?: Instant;
};

export type PastOrder = { readonly id: string };

/** The filters as the list has them. */
type Conditions = Omit<PastOrderFilters, 'status'> & {
  /** Separated by commas, so that they are one condition: no index has the orders of a past status together. */
  readonly status?: string;
  /** A position: the order was placed by then. */
  readonly placed: string;
};

/** The orders as they were after the event at this position. */
const ordersAt = (position: Position): List<Conditions, PastOrder, PastOrder> => ({
  of: orderStatusHistory,
  select: ['id'],
  filters: {
    placed: () => ({ sql: 'from_positions[1] <= ?::bigint', bindings: [String(position)] }),
    customer_id: equals('customer_id'),
    status: (words) => ({
      sql: `statuses[width_bucket(?::bigint, from_positions)] = any(string_to_array(?, ','))`,
      bindings: [String(position), String(words)],
    }),
    created_from: atLeast('created_at', 'timestamptz'),
    created_to: atMost('created_at', 'timestamptz'),
  },
  toRow: ({ id }) => ({ id }),
});

export type ListPastOrders = SortedListQuery<PastOrderFilters> & {
  /** The list shows what the events up to this position say. */
  readonly position: Position;
};

/** One page of the orders that there were at a position; sorted by `created_at` alone. */
export const listPastOrders = (
  db: Knex,
  { position, filters: { status, ...filters }, ...query }: ListPastOrders,
): Promise<Page<PastOrder>> =>
  listPage(db, ordersAt(position), {
    ...query,
    filters: { ...filters, placed: String(position), ...(status !== undefined && { status: status.join(',') }) },
  });
