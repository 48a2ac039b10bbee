import type { Knex } from 'knex';
import { monthOf, type CustomerDimension } from './customer-figures.ts';
import { periodsOf, type Period } from './periods.ts';

/** Customers who ordered in a period: those who had never ordered before it, and those who had. */
export type CustomerCounts = {
  readonly customers: number;
  readonly new_customers: number;
  readonly returning_customers: number;
};

/**
 * The customers with their first order in one month, and how many of them ordered in that month, in the next, and so
 * on.
 */
export type Cohort = { readonly month: string; readonly customers: number; readonly months: readonly number[] };

/** `cohorts`: those of the months of the period, up to its last month. */
export type CustomersReport = CustomerCounts & { readonly cohorts: readonly Cohort[] };

/** Sums of a dimension with keys in a range, by days of a period, as known on a day. */
const sumsOf = (
  dimension: CustomerDimension,
  keys: { readonly from: string; readonly before: string },
  { from, to, as_of }: Period,
): { readonly sql: string; readonly bindings: readonly string[] } => ({
  sql: `select key, day, customers from figure_customer_sums
    where dimension = ? and key >= ? and key < ? and day between ? and ?${as_of === undefined ? '' : ' and booked <= ?'}`,
  bindings: [dimension, keys.from, keys.before, from, to, ...(as_of === undefined ? [] : [as_of])],
});

/**
 * Each customer of a period has one order in it whose predecessor lies before the period: in an earlier month, or on an
 * earlier day of the month in which the period begins.
 */
export const countCustomers = async (db: Knex, period: Period): Promise<CustomerCounts> => {
  const { from } = period;
  const earlier = sumsOf('month', { from: '', before: monthOf(from) }, period);
  const sameMonth = sumsOf('day', { from: `${monthOf(from)}-01`, before: from }, period);
  const { rows } = await db.raw<{ rows: readonly Readonly<Record<'customers' | 'new_customers', string | null>>[] }>(
    `select sum(customers)::text as customers, (sum(customers) filter (where key = ''))::text as new_customers
     from (${earlier.sql} union all ${sameMonth.sql}) counted`,
    [...earlier.bindings, ...sameMonth.bindings],
  );
  const [customers, new_customers] = [Number(rows[0]?.customers ?? 0), Number(rows[0]?.new_customers ?? 0)];
  return { customers, new_customers, returning_customers: customers - new_customers };
};

type CohortRow = { readonly first: string; readonly month: string; readonly customers: string };

/** Customers of a period of whole months. */
export const readCustomers = async (db: Knex, period: Period): Promise<CustomersReport> => {
  const months = periodsOf({ ...period, interval: 'month' }).map(monthOf);
  const keys = { from: monthOf(period.from), before: `${monthOf(period.to)}-32` };
  const { sql, bindings } = sumsOf('cohort', keys, period);
  const { rows } = await db.raw<{ rows: readonly CohortRow[] }>(
    `select key as first, to_char(day, 'YYYY-MM') as month, sum(customers)::text as customers from (${sql}) cohorts
     group by 1, 2`,
    [...bindings],
  );
  const counts = new Map(rows.map(({ first, month, customers }) => [`${first} ${month}`, Number(customers)]));
  const countOf = (first: string, month: string): number => counts.get(`${first} ${month}`) ?? 0;
  return {
    ...(await countCustomers(db, period)),
    cohorts: months.map((first, n): Cohort => ({
      month: first,
      customers: countOf(first, first),
      months: months.slice(n).map((month) => countOf(first, month)),
    })),
  };
};
