import type { Knex } from 'knex';
import { expectedSettlement, type RefundStatus, type ReturnMoney, type ReturnWorth } from '../../domain/order/index.ts';
import { reviewTermsOf, type Return, type ReturnReason, type ReturnStatus } from '../../domain/return/index.ts';
import {
  anyOf,
  atLeast,
  atMost,
  equals,
  listPage,
  openPage,
  type List,
  type ListQuery,
  type Page,
  type RowReader,
} from '../list/index.ts';
import { ordersWithoutPersonal } from '../orders/index.ts';
import { returnList } from './projection.ts';

/** All given must hold. */
export type ReturnFilters = {
  readonly order_id?: string;
  readonly customer_id?: string;
  /** Any of these. */
  readonly status?: readonly ReturnStatus[];
  readonly reason?: ReturnReason;
  /** Any of these. */
  readonly refund_status?: readonly RefundStatus[];
  /** ISO 8601, inclusive. */
  readonly created_from?: string;
  /** ISO 8601, inclusive. */
  readonly created_to?: string;
};

export type ListedReturn = {
  readonly id: string;
  /** Decimal string. */
  readonly revision: string;
  readonly created_at: string;
  readonly state: Return;
  readonly money: ReturnMoney;
};

type Stored = Omit<ListedReturn, 'created_at'>;

const toRow = ({ id, revision, state, money }: Stored): ListedReturn => ({
  id,
  revision,
  created_at: state.created_at,
  state,
  money,
});

const returns: List<ReturnFilters, Stored, ListedReturn> = {
  of: returnList,
  select: ['id', 'revision', 'state', 'money'],
  filters: {
    order_id: equals('order_id', 'uuid'),
    customer_id: equals('customer_id'),
    status: anyOf('status'),
    refund_status: anyOf('refund_status'),
    reason: equals('reason'),
    created_from: atLeast('created_at', 'timestamptz'),
    created_to: atMost('created_at', 'timestamptz'),
  },
  toRow,
};

/** A return of a page. `expected`: what goes back at most, as its order stands; absent once it is settled. */
export type PagedReturn = ListedReturn & { readonly expected?: ReturnWorth };

/** Orders in memory at a time: each may be large, and no more than a number is wanted of it. */
const ORDERS_AT_ONCE = 20;

/**
 * What each return that is not settled is worth now, by its id: that depends on what became of its order meanwhile, of
 * which nothing personal is wanted.
 */
const expectedOf = async (db: Knex, rows: readonly ListedReturn[]): Promise<ReadonlyMap<string, ReturnWorth>> => {
  const open = rows.filter(({ money }) => money.settled_amount === null);
  const expected = new Map<string, ReturnWorth>();
  for (let start = 0; start < open.length; start += ORDERS_AT_ONCE) {
    const some = open.slice(start, start + ORDERS_AT_ONCE);
    const orders = await ordersWithoutPersonal(
      db,
      some.map(({ state }) => state.order_id),
    );
    for (const { id, state } of some) {
      const order = orders.get(state.order_id);
      if (order !== undefined) expected.set(id, expectedSettlement(order, id, { review: reviewTermsOf(state) }));
    }
  }
  return expected;
};

/** One page of returns, newest first. */
export const listReturns = async (reader: RowReader, query: ListQuery<ReturnFilters>): Promise<Page<PagedReturn>> => {
  const page = await openPage(reader, await listPage(reader.db, returns, query));
  const expected = await expectedOf(reader.db, page.rows);
  const withExpected = (row: ListedReturn): PagedReturn => {
    const worth = expected.get(row.id);
    return worth === undefined ? row : { ...row, expected: worth };
  };
  return { ...page, rows: page.rows.map(withExpected) };
};

/** Every return of these orders, oldest first. */
export const returnsOfOrders = async (
  { db, codec }: RowReader,
  orderIds: readonly string[],
): Promise<readonly ListedReturn[]> => {
  const { rows } = await db.raw<{ rows: readonly Stored[] }>(
    `select id, revision, state, money from return_list
     where order_id = any(?::uuid[]) order by created_at, id`,
    [[...orderIds]],
  );
  return codec.openPersonal(rows.map(toRow));
};
