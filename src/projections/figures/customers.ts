import type { Knex } from 'knex';
import type { Period } from './periods.ts';
import { inPeriod } from './sales.ts';

/** The customers whose first order is of one month, and how many of them ordered so many months later. */
export type Cohort = { readonly month: string; readonly customers: number; readonly months: readonly number[] };

export type CustomersReport = {
  /** Who ordered in the period. */
  readonly customers: number;
  /** Of them, those who never ordered before it, and those who did. */
  readonly new_customers: number;
  readonly returning_customers: number;
};

const BEGINNING = '0001-01-01';

export const readCustomers = async (db: Knex, { from, to, as_of }: Period): Promise<CustomersReport> => {
  const { where, bindings } = inPeriod('customer', { from: BEGINNING, to, as_of });
  const { rows } = await db.raw<{ rows: readonly { readonly customers: string; readonly returning: string }[] }>(
    `select count(*)::text as customers, (count(*) filter (where is_known))::text as returning from (
       select bool_or(day < ?) as is_known from figure_sums
       where ${where} and orders > 0 group by key having bool_or(day >= ?)
     ) ordered`,
    [from, ...bindings, from],
  );
  const [customers, returning_customers] = [Number(rows[0]?.customers ?? 0), Number(rows[0]?.returning ?? 0)];
  return { customers, returning_customers, new_customers: customers - returning_customers };
};

/** Cohorts of the months of a period, followed to its last month. */
export const readCohorts = async (db: Knex, { from, to, as_of }: Period): Promise<readonly Cohort[]> => {
  const { where, bindings } = inPeriod('customer', { from: BEGINNING, to, as_of });
  const { rows } = await db.raw<{
    rows: readonly { readonly first: string; readonly later: number; readonly n: string }[];
  }>(
    `with active as (
       select key, date_trunc('month', day)::date as month from figure_sums where ${where} and orders > 0 group by 1, 2
     ), numbered as (
       select month, min(month) over (partition by key) as first from active
     )
     select to_char(first, 'YYYY-MM') as first,
       (12 * (extract(year from month) - extract(year from first))
         + extract(month from month) - extract(month from first))::int as later,
       count(*)::text as n
     from numbered where first >= date_trunc('month', ?::date) group by 1, 2 order by 1, 2`,
    [...bindings, from],
  );
  const months = new Map<string, number[]>();
  for (const { first, later, n } of rows) {
    const counts = months.get(first) ?? [];
    while (counts.length <= later) counts.push(0);
    counts[later] = Number(n);
    months.set(first, counts);
  }
  return [...months].map(([month, counts]) => ({ month, customers: counts[0] ?? 0, months: counts }));
};
