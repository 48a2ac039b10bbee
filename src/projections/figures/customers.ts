import type { Knex } from 'knex';
import { periodsOf, type Period } from './periods.ts';
import { inPeriod } from './sales.ts';

/**
 * The customers with their first order in one month, and how many of them ordered in that month, in the next, and so
 * on.
 */
export type Cohort = { readonly month: string; readonly customers: number; readonly months: readonly number[] };

export type CustomersReport = {
  /** Customers who ordered in the period. */
  readonly customers: number;
  /** Customers among them who had never ordered before the period, and those who had. */
  readonly new_customers: number;
  readonly returning_customers: number;
  /** Cohorts of the months of the period, up to its last month. */
  readonly cohorts: readonly Cohort[];
};

const BEGINNING = '0001-01-01';

/** Bit n of a mask, from the left: ordered in the nth month; bit 0: before the period. */
const BITS = 128;
const FIRST_BIT = `B'1${'0'.repeat(BITS - 1)}'`;

type Row = { readonly mask: string; readonly n: string };

const has = (mask: string, month: number): boolean => mask[month] === '1';

/**
 * Customers of a period of whole months, at most 127. One pass over all orders of customers: each customer becomes a
 * mask of months, and there are few different masks.
 */
export const readCustomers = async (db: Knex, { from, to, as_of }: Period): Promise<CustomersReport> => {
  const months = periodsOf({ from, to, interval: 'month' });
  const { where, bindings } = inPeriod('customer', { from: BEGINNING, to, as_of });
  const { rows } = await db.raw<{ rows: readonly Row[] }>(
    `select mask::text as mask, count(*)::text as n from (
       select bit_or(${FIRST_BIT} >> width_bucket(day, ?::date[])) as mask
       from figure_sums where ${where} and orders > 0 group by key
     ) ordered group by mask`,
    [[...months], ...bindings],
  );
  const numbers = months.map((_, n) => n + 1);
  const countOf = (is: (mask: string) => boolean): number =>
    rows.filter(({ mask }) => is(mask)).reduce((sum, { n }) => sum + Number(n), 0);
  const isKnown = (mask: string): boolean => has(mask, 0);
  const ordered = (mask: string): boolean => numbers.some((month) => has(mask, month));
  const isOf = (first: number, mask: string): boolean => mask.indexOf('1') === first;
  return {
    customers: countOf(ordered),
    new_customers: countOf((mask) => ordered(mask) && !isKnown(mask)),
    returning_customers: countOf((mask) => ordered(mask) && isKnown(mask)),
    cohorts: numbers.map((first): Cohort => ({
      month: (months[first - 1] ?? '').slice(0, 'YYYY-MM'.length),
      customers: countOf((mask) => isOf(first, mask)),
      months: numbers.slice(first - 1).map((month) => countOf((mask) => isOf(first, mask) && has(mask, month))),
    })),
  };
};
