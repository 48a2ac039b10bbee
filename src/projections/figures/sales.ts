import type { Knex } from 'knex';
import { VALUES, type Values } from './positions.ts';
import { periodsOf, type Interval, type Period } from './periods.ts';
import type { Dimension } from './projection.ts';

/** Sums of one period in one currency, minor units. They may exceed the range in which a number is exact. */
export type Sums = Readonly<Record<keyof Values, bigint>>;

export type SalesRow = {
  /** First day of the period. */
  readonly period: string;
  readonly currency: string;
  /** Key of the group; '' for amounts without a group. */
  readonly key: string;
  readonly sums: Sums;
};

export const GROUPS = ['product', 'customer', 'country'] as const satisfies readonly Dimension[];
export type Group = (typeof GROUPS)[number];

export type SalesQuery = Period & {
  readonly interval: Interval;
  /** Default: not grouped. */
  readonly group?: Group | undefined;
  /** Default: every currency with sales, or else the shop's. */
  readonly currency?: string | undefined;
  readonly defaultCurrency: string;
};

/** The maximum number of rows of a grouped report. */
export const MOST_ROWS = 100_000;

export class TooManyRows extends Error {
  override readonly name = 'TooManyRows';
}

export const NO_SUMS = Object.fromEntries(VALUES.map((value) => [value, 0n])) as Sums; // each of them

export const sumsIn = (row: Readonly<Record<string, string>>): Sums => {
  const sums: { -readonly [value in keyof Sums]: bigint } = { ...NO_SUMS };
  for (const value of VALUES) sums[value] = BigInt(row[value] ?? '0'); // as PostgreSQL writes whole numbers
  return sums;
};

export const SUMS = VALUES.map((value) => `sum(${value})::text as ${value}`).join(', ');

/** Bookings of one dimension in a period, in one currency or all, as known on a day. */
export const inPeriod = (
  dimension: Dimension,
  { from, to, as_of }: Period,
  currency?: string,
): { readonly where: string; readonly bindings: readonly string[] } => ({
  where:
    'dimension = ? and day between ? and ?' +
    (as_of === undefined ? '' : ' and booked <= ?') +
    (currency === undefined ? '' : ' and currency = ?'),
  bindings: [
    dimension,
    from,
    to,
    ...(as_of === undefined ? [] : [as_of]),
    ...(currency === undefined ? [] : [currency]),
  ],
});

const FIRST_DAY: Readonly<Record<Interval, string>> = {
  day: 'day',
  week: "date_trunc('week', day)::date",
  month: "date_trunc('month', day)::date",
};

/** The sums that are not all zero. */
const readSums = async (db: Knex, query: SalesQuery): Promise<readonly SalesRow[]> => {
  const { where, bindings } = inPeriod(query.group ?? 'all', query, query.currency);
  const { rows } = await db.raw<{ rows: readonly Readonly<Record<string, string>>[] }>(
    `select (${FIRST_DAY[query.interval]})::text as period, currency, key, ${SUMS}
     from figure_sums where ${where}
     group by 1, currency, key
     having ${VALUES.map((value) => `sum(${value}) <> 0`).join(' or ')}
     order by 1, currency, key limit ${MOST_ROWS + 1}`,
    [...bindings],
  );
  if (rows.length > MOST_ROWS) throw new TooManyRows(`more than ${MOST_ROWS} rows`);
  return rows.map((row) => ({
    period: row['period'] ?? '',
    currency: row['currency'] ?? '',
    key: row['key'] ?? '',
    sums: sumsIn(row),
  }));
};

/** Sales by period and currency, and by group if requested. Without groups, every period has a row. */
export const readSales = async (db: Knex, query: SalesQuery): Promise<readonly SalesRow[]> => {
  const found = await readSums(db, query);
  if (query.group !== undefined) return found;
  const seen = query.currency === undefined ? [...new Set(found.map(({ currency }) => currency))].toSorted() : [];
  const currencies = seen.length > 0 ? seen : [query.currency ?? query.defaultCurrency];
  const known = new Map(found.map((row) => [`${row.period} ${row.currency}`, row]));
  return periodsOf(query).flatMap((period) =>
    currencies.map((currency) => known.get(`${period} ${currency}`) ?? { period, currency, key: '', sums: NO_SUMS }),
  );
};
