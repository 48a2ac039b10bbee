import type { Knex } from 'knex';
import type { Order } from '../domain/order/index.ts';
import { columnOf, encodeCursor, type Cursor, type OrderSort } from './cursor.ts';
import { countOrders, type Total } from './count-orders.ts';
import { conditionsOf, whereSql, type Condition, type OrderFilters } from './order-filters.ts';

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

type PageRow = { readonly id: string; readonly revision: string; readonly value: string; readonly state: Order };

/** A page as SQL sees it: backwards is the same walk the other way, turned round afterwards. */
type Walk = { readonly sort: OrderSort; readonly backwards: boolean; readonly cursor: Cursor | undefined };

const walkOf = ({ sort = '-created_at', cursor }: ListOrders): Walk => ({
  sort: cursor?.sort ?? sort,
  backwards: cursor?.direction === 'previous',
  cursor,
});

const SQL_TYPE = { created_at: 'timestamptz', updated_at: 'timestamptz', total: 'numeric' } as const;

const fromCursor = ({ cursor }: Walk, isDescending: boolean): readonly Condition[] => {
  if (cursor === undefined) return [];
  const column = columnOf(cursor.sort);
  const sql = `(${column}, id) ${isDescending ? '<' : '>'} (?::${SQL_TYPE[column]}, ?::uuid)`;
  return [{ sql, bindings: [cursor.value, cursor.id] }];
};

/**
 * Finds the page in an index first and visits its rows then. Several statuses are walked one by one and merged: no
 * index has the orders of two statuses in one sequence.
 */
const pageSql = (query: ListOrders, walk: Walk): Condition => {
  const column = columnOf(walk.sort);
  const isDescending = walk.sort.startsWith('-') !== walk.backwards;
  const order = `order by ${column} ${isDescending ? 'desc' : 'asc'}, id ${isDescending ? 'desc' : 'asc'}`;
  const offset = query.offset ?? 0;
  const { status = [], ...others } = query.filters;
  const statuses = status.length === 0 ? [undefined] : [...new Set(status)];

  const branches = statuses.map((one): Condition => {
    const filters = one === undefined ? others : { ...others, status: [one] };
    const { sql, bindings } = whereSql([...conditionsOf(filters), ...fromCursor(walk, isDescending)]);
    return {
      sql: `(select id, ${column} from order_list ${sql} ${order} limit ?)`,
      bindings: [...bindings, offset + query.limit + 1],
    };
  });
  const found = `select * from (${branches.map(({ sql }) => sql).join(' union all ')}) b ${order} offset ? limit ?`;
  return {
    sql: `select o.id, o.revision, f.${column}::text as value, o.state
      from (${found}) f join order_list o on o.id = f.id ${order.replaceAll(/(order by |, )/g, '$1f.')}`,
    bindings: [...branches.flatMap(({ bindings }) => bindings), offset, query.limit + 1],
  };
};

const valueOf = (row: PageRow, sort: OrderSort): string => {
  const column = columnOf(sort);
  return column === 'total' ? row.value : row.state[column];
};

/** One page of orders, and how many there are in all. */
export const listOrders = async (db: Knex, query: ListOrders): Promise<OrderPage> => {
  const walk = walkOf(query);
  const { sql, bindings } = pageSql(query, walk);
  const [{ rows: found }, total] = await Promise.all([
    db.raw<{ rows: readonly PageRow[] }>(sql, [...bindings]),
    countOrders(db, query.filters, query.exactCount),
  ]);
  const hasMore = found.length > query.limit;
  const inWalk = found.slice(0, query.limit);
  const rows = walk.backwards ? inWalk.toReversed() : inWalk;

  const cursorAt = (row: PageRow | undefined, direction: Cursor['direction']): string | undefined =>
    row && encodeCursor({ sort: walk.sort, value: valueOf(row, walk.sort), id: row.id, direction });
  const hasNext = walk.backwards || hasMore;
  const hasPrevious = walk.backwards ? hasMore : walk.cursor !== undefined || (query.offset ?? 0) > 0;
  return {
    orders: rows.map(({ id, revision, state }) => ({ id, revision: BigInt(revision), state })),
    total,
    next: hasNext ? cursorAt(rows.at(-1), 'next') : undefined,
    previous: hasPrevious ? cursorAt(rows[0], 'previous') : undefined,
  };
};
