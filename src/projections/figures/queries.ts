import type { Knex } from 'knex';
import { readSales, inPeriod, sumsIn, SUMS, type SalesQuery, type SalesRow, type Sums } from './sales.ts';
import { wholeMonthsIn, type Period } from './periods.ts';
import type { Duration } from './positions.ts';
import type { Dimension } from './projection.ts';
import { countCustomers, readCustomers, type CustomerCounts, type CustomersReport } from './customers.ts';

/** Sums of a period in one currency, under one key of a dimension. */
export type KeyedSums = { readonly key: string; readonly currency: string; readonly sums: Sums };

/** What was captured and refunded on a day by one method. */
export type MovedMoney = Pick<Sums, 'captured' | 'refunded'> & {
  readonly day: string;
  readonly method: string;
  readonly currency: string;
};

export type InCurrency = Period & { readonly currency?: string | undefined };

/** Durations: their number, and percentiles by nearest rank in whole hours; null if there were none. */
export type Durations = { readonly count: number; readonly p50: number | null; readonly p90: number | null };

/** The reports, each one query over the sums. */
export type Figures = {
  readonly sales: (query: SalesQuery) => Promise<readonly SalesRow[]>;
  /** Sums of a whole period by currency and key of the dimension. */
  readonly sums: (dimension: Dimension, query: InCurrency) => Promise<readonly KeyedSums[]>;
  /** Captured and refunded by day, currency and method. */
  readonly payments: (query: InCurrency) => Promise<readonly MovedMoney[]>;
  readonly durations: (kind: Duration, period: Period) => Promise<Durations>;
  /** The customers with the highest sales in each currency. */
  readonly topCustomers: (query: InCurrency & { readonly limit: number }) => Promise<readonly KeyedSums[]>;
  readonly customerCounts: (period: Period) => Promise<CustomerCounts>;
  /** For a period of whole months. */
  readonly customers: (period: Period) => Promise<CustomersReport>;
};

type Row = Readonly<Record<string, string>>;

const keyed = (row: Row): KeyedSums => ({
  key: row['key'] ?? '',
  currency: row['currency'] ?? '',
  sums: sumsIn(row),
});

/** The smallest value such that at least this share of all values is at or below it. */
export const nearestRank = (
  counted: readonly (readonly [hours: number, count: number])[],
  share: number,
): number | null => {
  const total = counted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [hours, count] of counted) {
    seen += count;
    if (seen >= Math.ceil(share * total) && seen > 0) return hours;
  }
  return null;
};

/** Sums of whole months where there are some: as of a day they are not known. */
const ofDurations = (kind: Duration, period: Period): ReturnType<typeof inPeriod> => {
  const { months, days } = period.as_of === undefined ? wholeMonthsIn(period) : { months: undefined, days: [period] };
  const parts = [
    ...days.filter(({ from, to }) => from <= to).map((some) => inPeriod(kind, some)),
    ...(months === undefined ? [] : [inPeriod(`${kind}_month`, months)]),
  ];
  return {
    where: parts.map(({ where }) => `(${where})`).join(' or '),
    bindings: parts.flatMap(({ bindings }) => bindings),
  };
};

export const openFigures = (db: Knex): Figures => {
  const select = async (sql: string, bindings: readonly (string | number)[]): Promise<readonly Row[]> =>
    (await db.raw<{ rows: readonly Row[] }>(sql, [...bindings])).rows;

  return {
    sales: (query) => readSales(db, query),
    sums: async (dimension, { currency, ...period }) => {
      const { where, bindings } = inPeriod(dimension, period, currency);
      const sql = `select key, currency, ${SUMS} from figure_sums where ${where} group by key, currency order by key, currency`;
      return (await select(sql, bindings)).map(keyed);
    },
    payments: async ({ currency, ...period }) => {
      const { where, bindings } = inPeriod('method', period, currency);
      const sql = `select day::text as day, key, currency, sum(captured)::text as captured, sum(refunded)::text as refunded
        from figure_sums where ${where}
        group by figure_sums.day, key, currency having sum(captured) <> 0 or sum(refunded) <> 0
        order by figure_sums.day, currency, key`;
      return (await select(sql, bindings)).map((row) => ({
        day: row['day'] ?? '',
        method: row['key'] ?? '',
        currency: row['currency'] ?? '',
        captured: BigInt(row['captured'] ?? '0'),
        refunded: BigInt(row['refunded'] ?? '0'),
      }));
    },
    durations: async (kind, period) => {
      const { where, bindings } = ofDurations(kind, period);
      const sql = `select key as hours, sum(orders)::text as count from figure_sums where ${where}
        group by key having sum(orders) > 0 order by key::bigint`;
      const counted = (await select(sql, bindings)).map((row) => [Number(row['hours']), Number(row['count'])] as const);
      return {
        count: counted.reduce((sum, [, count]) => sum + count, 0),
        p50: nearestRank(counted, 0.5),
        p90: nearestRank(counted, 0.9),
      };
    },
    topCustomers: async ({ currency, limit, ...period }) => {
      const any = inPeriod('all', period, currency);
      const own = inPeriod('customer', period, currency);
      // Currency by currency, each in the index of customers: it holds the rows of a customer side by side.
      const sql = `with best as (
          select c.currency, b.key, b.rank from (select distinct currency from figure_sums where ${any.where}) c cross join lateral (
            select key, row_number() over () as rank from (
              select key from figure_sums sold where ${own.where} and sold.currency = c.currency
              group by key having bool_or(orders > 0) order by sum(ranked_by) desc, key limit ?
            ) first
          ) b
        )
        select key, currency, ${SUMS} from figure_sums join best using (key, currency)
        where ${own.where} group by rank, key, currency order by currency, rank`;
      return (await select(sql, [...any.bindings, ...own.bindings, limit, ...own.bindings])).map(keyed);
    },
    customerCounts: (period) => countCustomers(db, period),
    customers: (period) => readCustomers(db, period),
  };
};
