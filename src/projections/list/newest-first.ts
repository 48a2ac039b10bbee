import type { Knex } from 'knex';
import { COUNTED_TO, type Total } from '../orders/count-orders.ts';
import { ALL, inStatus, ofCustomer } from '../orders/counters.ts';
import { encodeCursor, type Cursor } from './cursor.ts';
import { whereSql, type Condition } from '../orders/order-filters.ts';

/** What returns and payments can be filtered by. All given must hold. */
export type Filters = {
  readonly order_id?: string;
  readonly customer_id?: string;
  /** Any of these. */
  readonly status?: readonly string[];
  readonly reason?: string;
  /** ISO 8601, inclusive. */
  readonly created_from?: string;
  /** ISO 8601, inclusive. */
  readonly created_to?: string;
};

export type ListQuery<F extends Filters> = {
  readonly filters: F;
  /** Most rows on the page. */
  readonly limit: number;
  /** Rows to skip. Its cost grows with it; a cursor's does not. Default 0. */
  readonly offset?: number;
  readonly cursor?: Cursor;
  /** Counts to the end, however many match. Default false. */
  readonly exactCount?: boolean;
};

export type Page<Row> = {
  readonly rows: readonly Row[];
  readonly total: Total;
  /** Cursors of the neighbouring pages, when there are any. */
  readonly next: string | undefined;
  readonly previous: string | undefined;
};

/** A read model with these columns: `id`, `created_at` and what is filtered by. */
export type Listed = {
  readonly name: string;
  readonly table: string;
  readonly columns: Readonly<Record<string, string>>;
};

const SQL: { readonly [F in keyof Filters]-?: string } = {
  order_id: 'order_id = ?::uuid',
  customer_id: 'customer_id = ?',
  status: 'status = any(?::text[])',
  reason: 'reason = ?',
  created_from: 'created_at >= ?::timestamptz',
  created_to: 'created_at <= ?::timestamptz',
};

const conditionsOf = (filters: Filters): readonly Condition[] =>
  (Object.keys(SQL) as (keyof Filters)[]).flatMap((name) => {
    const value = filters[name];
    if (value === undefined || value.length === 0) return [];
    return [{ sql: SQL[name], bindings: [typeof value === 'string' ? value : [...value]] }];
  });

/** The kept counters whose sum is the answer; `undefined` when rows must be counted. */
const countersFor = (filters: Filters): readonly string[] | undefined => {
  const { customer_id, status = [] } = filters;
  const given = conditionsOf(filters).length;
  if (given === 0) return [ALL];
  if (given > 1) return undefined;
  if (customer_id !== undefined) return [ofCustomer(customer_id)];
  return status.length > 0 ? [...new Set(status)].map(inStatus) : undefined;
};

const count = async (db: Knex, { name, table }: Listed, filters: Filters, exact: boolean): Promise<Total> => {
  const counters = countersFor(filters);
  if (counters !== undefined) {
    const { rows } = await db.raw<{ rows: readonly { total: string }[] }>(
      'select coalesce(sum(value), 0) as total from projection_counters where projection = ? and name = any(?::text[])',
      [name, [...counters]],
    );
    return { count: Number(rows[0]?.total ?? 0), exact: true };
  }
  const { sql, bindings } = whereSql(conditionsOf(filters));
  const { rows } = await db.raw<{ rows: readonly { total: string }[] }>(
    `select count(*) as total from (select from ${table} ${sql} limit ?) counted`,
    // A limit of null is none.
    [...bindings, exact ? null : COUNTED_TO + 1] as (string | number)[],
  );
  const total = Number(rows[0]?.total ?? 0);
  return !exact && total > COUNTED_TO ? { count: COUNTED_TO, exact: false } : { count: total, exact: true };
};

type Keyed = { readonly id: string; readonly created_at: string };

const cursorAt = (list: string, row: Keyed | undefined, direction: Cursor['direction']): string | undefined =>
  row && encodeCursor({ list, sort: '-created_at', value: row.created_at, id: row.id, direction });

/** One page, newest first, and how many there are in all. A cursor's page costs the same however deep it lies. */
export const listNewestFirst = async <Row extends Keyed>(
  db: Knex,
  listed: Listed,
  { filters, limit, offset = 0, cursor, exactCount = false }: ListQuery<Filters>,
): Promise<Page<Row>> => {
  const isBackwards = cursor?.direction === 'previous';
  const direction = isBackwards ? 'asc' : 'desc';
  const beyond: readonly Condition[] =
    cursor === undefined
      ? []
      : [
          {
            sql: `(created_at, id) ${isBackwards ? '>' : '<'} (?::timestamptz, ?::uuid)`,
            bindings: [cursor.value, cursor.id],
          },
        ];
  const { sql, bindings } = whereSql([...conditionsOf(filters), ...beyond]);
  const columns = Object.keys(listed.columns).join(', ');
  const [{ rows: found }, total] = await Promise.all([
    db.raw<{ rows: readonly (Omit<Row, 'created_at'> & { created_at: Date })[] }>(
      `select ${columns} from ${listed.table} ${sql} order by created_at ${direction}, id ${direction} offset ? limit ?`,
      [...bindings, offset, limit + 1],
    ),
    count(db, listed, filters, exactCount),
  ]);
  const inWalk = found
    .slice(0, limit)
    .map((row) => ({ ...row, created_at: row.created_at.toISOString() }) as unknown as Row); // only the date differs
  const rows = isBackwards ? inWalk.toReversed() : inWalk;
  const hasMore = found.length > limit;
  const hasPrevious = isBackwards ? hasMore : cursor !== undefined || offset > 0;
  return {
    rows,
    total,
    next: isBackwards || hasMore ? cursorAt(listed.name, rows.at(-1), 'next') : undefined,
    previous: hasPrevious ? cursorAt(listed.name, rows[0], 'previous') : undefined,
  };
};
