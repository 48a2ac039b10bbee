import type { Knex } from 'knex';
import type { Order } from '../../domain/order/index.ts';
import { columnOf, encodeCursor, type Cursor, type OrderSort } from '../list/cursor.ts';
import { countOrders, type Total } from './count-orders.ts';
import type { OrderFilters } from './order-filters.ts';
import { orderPageSql, type Walk } from './order-page-sql.ts';

export type ListOrders = {
  readonly filters: OrderFilters;
  /** Default `-created_at`. A cursor brings its own. */
  readonly sort?: OrderSort;
  /** Most orders on the page. */
  readonly limit: number;
  /** Orders to skip. Its cost grows with it; a cursor's does not. Default 0. */
  readonly offset?: number;
  readonly cursor?: Cursor;
  /** Counts to the end, however many match. Default false. */
  readonly exactCount?: boolean;
};

export type ListedOrder = { readonly id: string; readonly revision: bigint; readonly state: Order };

export type OrderPage = {
  readonly orders: readonly ListedOrder[];
  readonly total: Total;
  /** Cursors of the neighbouring pages, when there are any. */
  readonly next: string | undefined;
  readonly previous: string | undefined;
};

type PageRow = { readonly id: string; readonly revision: string; readonly total: string; readonly state: Order };

/** One row more than the page, to see whether there is another. */
const walkOf = ({ filters, sort = '-created_at', cursor, offset = 0, limit }: ListOrders): Walk => ({
  filters,
  sort: cursor?.sort ?? sort,
  isBackwards: cursor?.direction === 'previous',
  cursor,
  offset,
  limit: limit + 1,
});

const cursorAt = (row: PageRow | undefined, sort: OrderSort, direction: Cursor['direction']): string | undefined => {
  if (row === undefined) return undefined;
  const column = columnOf(sort);
  return encodeCursor({ list: 'order_list', sort, value: column === 'total' ? row.total : row.state[column], id: row.id, direction });
};

const toPage = (found: readonly PageRow[], { sort, isBackwards, cursor, offset, limit }: Walk) => {
  const hasMore = found.length === limit;
  const inWalk = found.slice(0, limit - 1);
  const rows = isBackwards ? inWalk.toReversed() : inWalk;
  const hasNext = isBackwards || hasMore;
  const hasPrevious = isBackwards ? hasMore : cursor !== undefined || offset > 0;
  return {
    orders: rows.map(({ id, revision, state }) => ({ id, revision: BigInt(revision), state })),
    next: hasNext ? cursorAt(rows.at(-1), sort, 'next') : undefined,
    previous: hasPrevious ? cursorAt(rows[0], sort, 'previous') : undefined,
  };
};

/** One page of orders, and how many there are in all. */
export const listOrders = async (db: Knex, query: ListOrders): Promise<OrderPage> => {
  const walk = walkOf(query);
  const { sql, bindings } = orderPageSql(walk);
  const [{ rows }, total] = await Promise.all([
    db.raw<{ rows: readonly PageRow[] }>(sql, [...bindings]),
    countOrders(db, query.filters, query.exactCount),
  ]);
  return { ...toPage(rows, walk), total };
};
