import type { Knex } from 'knex';
import type { Order, OrderStatus } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import { anyOf, atLeast, atMost, equals, listPage, type List, type Page, type SortedListQuery } from '../list/index.ts';
import { orderList } from './projection.ts';

/** All given must hold. */
export type OrderFilters = {
  readonly customer_id?: string;
  /** Any of these. */
  readonly status?: readonly OrderStatus[];
  /** Inclusive. */
  readonly created_from?: Instant;
  /** Inclusive. */
  readonly created_to?: Instant;
  readonly delivery_partner_id?: string;
  /** Decimal string, major units, inclusive. */
  readonly min_total?: string;
  /** Decimal string, major units, inclusive. */
  readonly max_total?: string;
};

export type ListedOrder = { readonly id: string; readonly revision: bigint; readonly state: Order };

type Stored = Omit<ListedOrder, 'revision'> & { readonly revision: string };

export const orders: List<OrderFilters, Stored, ListedOrder> = {
  of: orderList,
  select: ['id', 'revision', 'state'],
  filters: {
    customer_id: equals('customer_id'),
    status: anyOf('status'),
    created_from: atLeast('created_at', 'timestamptz'),
    created_to: atMost('created_at', 'timestamptz'),
    delivery_partner_id: equals('delivery_partner_id'),
    min_total: atLeast('total', 'numeric'),
    max_total: atMost('total', 'numeric'),
  },
  toRow: ({ id, revision, state }) => ({ id, revision: BigInt(revision), state }),
};

export type ListOrders = SortedListQuery<OrderFilters>;

/** One page of orders. */
export const listOrders = (db: Knex, query: ListOrders): Promise<Page<ListedOrder>> => listPage(db, orders, query);
