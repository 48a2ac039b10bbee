import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { Projection } from '../engine/index.ts';
import { ALL, counterOf, ofCustomer, sumCounters } from './counters.ts';
import { encodeCursor, SORT_KEYS, sortKeyOf, type Cursor, type Sort, type SortKey } from './cursor.ts';
import { conditionsOf, whereSql, type Condition, type Filters, type FiltersOf } from './filters.ts';

/** A read model that is listed page by page. */
export type List<F extends Filters, Stored, Row> = {
  readonly of: Projection;
  /** Columns that a row of a page is made from. */
  readonly select: readonly (keyof Stored & string)[];
  /** Of several that are given several values, the first one is read value by value: the most selective comes first. */
  readonly filters: FiltersOf<F>;
  /** Filters beside `status` whose every value is counted. */
  readonly counted?: readonly (keyof F & string)[];
  /** The column of a sort, where it is named otherwise. */
  readonly sortColumns?: { readonly [K in SortKey]?: string };
  readonly toRow: (stored: Stored) => Row;
};

export type ListQuery<F extends Filters> = {
  readonly filters: F;
  /** Most rows on the page. */
  readonly limit: number;
  /** Rows to skip. Its cost grows with it; a cursor's does not. Default 0. */
  readonly offset?: number;
  /** Brings its own sort. */
  readonly cursor?: Cursor;
  /** Counts to the end, however many match. Default false. */
  readonly exactCount?: boolean;
  /** The page ends before it has more bytes than this, but has one row at least. Default `PAGE_BYTES`. */
  readonly maxBytes?: number;
};

export type SortedListQuery<F extends Filters> = ListQuery<F> & {
  /** Default `-created_at`. */
  readonly sort?: Sort;
};

/** How many there are; when not `exact`, at least so many. */
export type Total = { readonly count: number; readonly exact: boolean };

export type Page<Row> = {
  readonly rows: readonly Row[];
  readonly total: Total;
  /** Cursors of the neighbouring pages, when there are any. */
  readonly next: string | undefined;
  readonly previous: string | undefined;
};

export const COUNTED_TO = 10_000;

/** Of the rows of a page as stored. An answer names more than a row has: it stays below 4 MB. */
export const PAGE_BYTES = 2_500_000;

type AnyList = Pick<List<Filters, never, unknown>, 'of' | 'counted' | 'sortColumns'> & {
  readonly select: readonly string[];
  readonly filters: FiltersOf<Filters>;
};

/** The kept counters whose sum is the answer; `undefined` when rows must be counted. */
const countersFor = (
  { of, filters: known, counted = [] }: AnyList,
  filters: Filters,
): readonly string[] | undefined => {
  if (of.counters === undefined) return undefined;
  const given = Object.keys(known).filter((name) => valuesOf(filters[name]).length > 0);
  const [name, ...others] = given;
  if (name === undefined) return [ALL];
  if (others.length > 0) return undefined;
  const values = valuesOf(filters[name]);
  if (name === 'customer_id') return values.map(ofCustomer);
  return name === 'status' || counted.includes(name) ? values.map((value) => counterOf(name, value)) : undefined;
};

/** The values that a filter is given, each once. */
const valuesOf = (given: Filters[string]): readonly string[] =>
  typeof given === 'string' ? (given === '' ? [] : [given]) : [...new Set(given)];

/** Exact where a counter is kept, else up to `COUNTED_TO`, unless the exact number is asked for. */
const countRows = async (db: Knex, list: AnyList, filters: Filters, exact: boolean): Promise<Total> => {
  const counters = countersFor(list, filters);
  if (counters !== undefined) return { count: await sumCounters(db, list.of.name, counters), exact: true };
  const { sql, bindings } = whereSql(conditionsOf(list.filters, filters));
  const { rows } = await db.raw<{ rows: readonly { count: string }[] }>(
    `select count(*) from (select from ${list.of.table} ${sql} limit ?) counted`,
    // A limit of null is none.
    [...bindings, exact ? null : COUNTED_TO + 1] as (string | number)[],
  );
  const count = Number(rows[0]?.count ?? 0);
  return !exact && count > COUNTED_TO ? { count: COUNTED_TO, exact: false } : { count, exact: true };
};

/** A page as SQL sees it. A page backwards is read in the opposite direction, and its rows are then reversed. */
export type Walk = {
  readonly filters: Filters;
  readonly sort: Sort;
  readonly isBackwards: boolean;
  readonly cursor: Cursor | undefined;
  readonly offset: number;
  /** Most rows to find. */
  readonly limit: number;
  readonly maxBytes: number;
};

const beyond = (cursor: Cursor | undefined, column: string, isDescending: boolean): readonly Condition[] => {
  if (cursor === undefined) return [];
  const sql = `(${column}, id) ${isDescending ? '<' : '>'} (?::${SORT_KEYS[sortKeyOf(cursor.sort)]}, ?::uuid)`;
  return [{ sql, bindings: [cursor.value, cursor.id] }];
};

/** Bytes of a row `r` as stored: what it has in columns whose length has no limit. */
export const rowBytesSql = ({ columns }: Pick<Projection, 'columns'>, select: readonly string[]): string =>
  ['0', ...select.filter((name) => columns[name] === 'json').map((name) => `octet_length(r.${name}::text)`)].join(
    ' + ',
  );

/**
 * Finds the page in an index first and visits its rows then. Several values of a filter are read one by one and merged:
 * no index has the rows of two statuses in one sequence. `matched`: how many rows were found, those included that are too
 * many bytes for this page.
 */
export const pageSql = (list: AnyList, walk: Walk): Condition => {
  const { filters, sort, isBackwards, cursor, offset, limit, maxBytes } = walk;
  const { of, select, sortColumns = {}, filters: known } = list;
  const key = sortKeyOf(sort);
  const column = sortColumns[key] ?? key;
  const isDescending = sort.startsWith('-') !== isBackwards;
  const direction = isDescending ? 'desc' : 'asc';

  const branches = branchesOf(known, filters).map((one): Condition => {
    const conditions = conditionsOf(known, one);
    const { sql, bindings } = whereSql([...conditions, ...beyond(cursor, column, isDescending)]);
    return {
      sql: `(select id, ${column} from ${of.table} ${sql} order by ${column} ${direction}, id ${direction} limit ?)`,
      bindings: [...bindings, offset + limit],
    };
  });
  const place = SORT_KEYS[key] === 'numeric' ? `found.${column}::text` : `found.${column}`;
  return {
    sql: `select * from (
        select ${select.map((name) => `r.${name}`).join(', ')}, found.id as place_id, ${place} as place,
          found.${column} as beside, count(*) over () as matched, row_number() over page as n,
          sum(${rowBytesSql(of, select)}) over page as bytes
        from (select * from (${branches.map(({ sql }) => sql).join(' union all ')}) branches
          order by ${column} ${direction}, id ${direction} offset ? limit ?) found
        join ${of.table} r on r.id = found.id
        window page as (order by found.${column} ${direction}, found.id ${direction})
      ) sized
      where n = 1 or bytes <= ?::bigint
      order by beside ${direction}, place_id ${direction}`,
    bindings: [...branches.flatMap(({ bindings }) => bindings), offset, limit, maxBytes],
  };
};

type SortPlace = { readonly place_id: string; readonly place: Date | string; readonly matched: string };

const cursorAt = (
  found: Omit<SortPlace, 'matched'> | undefined,
  where: Pick<Cursor, 'list' | 'sort' | 'direction'>,
): string | undefined => {
  if (found === undefined) return undefined;
  const { place, place_id } = found;
  return encodeCursor({ ...where, value: typeof place === 'string' ? place : place.toISOString(), id: place_id });
};

/** Filters that together find what these do, each row once: one for each value of the first that has several. */
const branchesOf = (known: FiltersOf<Filters>, filters: Filters): readonly Filters[] => {
  const several = Object.keys(known).find((name) => valuesOf(filters[name]).length > 1);
  return several === undefined
    ? [filters]
    : valuesOf(filters[several]).map((value) => ({ ...filters, [several]: [value] }));
};

/** One page, and how many rows there are in all. A cursor's page costs the same however deep it lies. */
export const listPage = async <F extends Filters, Stored, Row>(
  db: Knex,
  list: List<F, Stored, Row>,
  query: SortedListQuery<F>,
): Promise<Page<Row>> => {
  const { filters, limit, offset = 0, cursor, exactCount = false, maxBytes = PAGE_BYTES } = query;
  const sort = cursor?.sort ?? query.sort ?? '-created_at';
  const isBackwards = cursor?.direction === 'previous';
  // One row more than the page, to see whether there is another page.
  const walk = { filters, sort, isBackwards, cursor, offset, limit: limit + 1, maxBytes };
  const { sql, bindings } = pageSql(list, walk);
  const [{ rows: found }, total] = await Promise.all([
    db.raw<{ rows: readonly (Stored & SortPlace)[] }>(sql, [...bindings]),
    countRows(db, list, filters, exactCount),
  ]);
  const asRead = found.slice(0, limit);
  const hasMore = Number(found[0]?.matched ?? 0) > asRead.length;
  const rows = isBackwards ? asRead.toReversed() : asRead;
  const hasNext = isBackwards || hasMore;
  const hasPrevious = isBackwards ? hasMore : cursor !== undefined || offset > 0;
  const where = { list: list.of.name, sort };
  return {
    rows: rows.map(list.toRow),
    total,
    next: hasNext ? cursorAt(rows.at(-1), { ...where, direction: 'next' }) : undefined,
    previous: hasPrevious ? cursorAt(rows[0], { ...where, direction: 'previous' }) : undefined,
  };
};

/** Reads rows whose personal data is sealed, and opens it. */
export type RowReader = { readonly db: Knex; readonly codec: Pick<Codec, 'openPersonal'> };

/** The page with its personal data opened: the keys of all its rows are asked for at once. */
export const openPage = async <Row>({ codec }: RowReader, page: Page<Row>): Promise<Page<Row>> => ({
  ...page,
  rows: await codec.openPersonal(page.rows),
});
