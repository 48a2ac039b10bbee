/** Every report for a year, of a shop with many orders: medians and the 99th percentile of the time that it takes to read. */
import type { Knex } from 'knex';
import { openDatabase, unhurried } from '../src/platform/database.ts';
import { openFigures } from '../src/projections/figures/index.ts';
import { openReports, type ReportName } from '../src/reports/index.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, p99Of } from './support/compare.ts';

/** Two years of orders: every second one by a customer who has ordered before, in five currencies. */
const ORDERS = `
  create table ordered as
  select i, '2024-01-01'::date + (i::bigint * 730 / :orders::int)::int as day,
    'customer-' || lpad((case when i % 2 = 0 then i else (hashint4(i)::bigint & 2147483647) % i / 2 * 2 end)::text, 8, '0') as customer,
    (array['EUR', 'EUR', 'EUR', 'USD', 'GBP', 'JPY', 'KWD'])[1 + i % 7] as currency, 1000 + i % 9000 as amount
  from generate_series(1, :orders::int) i`;

const VALUES = `sum(amount), -sum(amount) / 50, -sum(amount) / 20, 500 * count(*), sum(amount) / 5, sum(amount) * 6 / 5, count(*),
  2 * count(*), sum(amount), sum(amount) / 20`;
const COLUMNS = `dimension, day, currency, key, booked, gross_sales, discounts, returns, shipping, taxes, totals, orders, units,
  captured, refunded`;

/** As the projection adds them up: of each dimension as many keys as a shop has. */
const DIMENSIONS: Readonly<Record<string, string>> = {
  all: `''`,
  customer: 'customer',
  product: `'p-' || i % 60`,
  country: `(array['DE', 'FR', 'GB', 'US', 'JP', 'KW'])[1 + i % 6]`,
  method: `(array['credit_card', 'paypal', 'bank_transfer', 'cash_on_delivery'])[1 + i % 4]`,
  status: `(array['delivered', 'delivered', 'delivered', 'cancelled', 'returned'])[1 + i % 5]`,
  cancelled: `''`,
  sold: `''`,
  returned: `''`,
  on_time: `(array['true', 'false'])[1 + i % 2]`,
  time_to_ship: `(i % 72)::text`,
  time_to_deliver: `(i % 144)::text`,
  time_to_refund: `(i / 14 % 240)::text`,
  return_reason: `(array['damaged', 'size_issue', 'other'])[1 + i % 3]`,
  return_product: `'p-' || i / 14 % 60`,
  disposition: `(array['restock', 'discard'])[1 + i % 2]`,
};

/** Of fourteen orders one comes back. */
const RETURNED = new Set(['returned', 'return_reason', 'return_product', 'disposition', 'time_to_refund']);

const CUSTOMERS = `
  insert into figure_customer_sums (dimension, key, day, booked, customers)
  with days as (
    select customer, day, lag(day) over own as previous, min(day) over own as first
    from (select distinct customer, day from ordered) d window own as (partition by customer order by day)
  ), months as (select distinct customer, to_char(first, 'YYYY-MM') as first, date_trunc('month', day)::date as month from days)
  select 'day', previous::text, day, day, count(*) from days where previous is not null group by 2, 3
  union all select 'month', coalesce(to_char(previous, 'YYYY-MM'), ''), day, day, count(*) from days group by 2, 3
  union all select 'cohort', first, month, month, count(*) from months group by 2, 3`;

const fill = async (db: Knex, orders: number): Promise<void> => {
  await db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    const run = (sql: string) => unhurried(tx.raw(sql, { orders }));
    await run(ORDERS);
    for (const [dimension, key] of Object.entries(DIMENSIONS)) {
      const of = RETURNED.has(dimension) ? 'ordered where i % 14 = 0' : 'ordered';
      await run(`insert into figure_sums (${COLUMNS}) select '${dimension}', day, currency, ${key}, day, ${VALUES}
        from ${of} group by day, currency, 4`);
      const month = `date_trunc('month', day)::date`;
      if (dimension.startsWith('time_to_'))
        await run(`insert into figure_sums (${COLUMNS}) select '${dimension}_month', ${month}, '', ${key}, ${month}, ${VALUES}
          from ${of} group by 2, 4`);
    }
    await run(CUSTOMERS);
    await run('drop table ordered');
  });
  await db.raw('vacuum (analyze) figure_sums');
  await db.raw('vacuum (analyze) figure_customer_sums');
};

/** Milliseconds that the 99th of a hundred may take. */
const MEASURED: Readonly<Partial<Record<ReportName, number>>> = {
  summary: 50,
  sales: 50,
  payments: 50,
  returns: 50,
  'delivery-performance': 50,
  'cancellation-rate': 50,
  customers: 500,
  'top-customers': 500,
};
const YEAR = { start_date: '2025-01-01', end_date: '2025-12-31' };

export const reports: Benchmark = async ({ url, short, tiny = false }) => {
  const orders = tiny ? 1_000 : short ? 100_000 : 1_000_000;
  const times = tiny ? 2 : short ? 20 : 100;
  const db = openDatabase({ url });
  try {
    await fill(db, orders);
    const read = openReports({
      figures: openFigures(db),
      defaultCurrency: 'EUR',
      dayOf: (at) => at.slice(0, 10),
      closing: () => Promise.resolve('known'),
      movements: () => Promise.resolve([]),
      findMovedBy: () => Promise.resolve(new Set()),
      readGateway: undefined,
    });
    console.log(`reports of a year, ${orders} orders in two years, ${times} times each`);
    for (const [name, limit] of Object.entries(MEASURED)) {
      const taken: number[] = [];
      for (let n = -1; n < times; n++) {
        const start = performance.now();
        await read[name as ReportName](YEAR, '2026-01-01T00:00:00.000Z');
        if (n >= 0) taken.push(performance.now() - start); // the first one plans
      }
      const p99 = p99Of(taken);
      const verdict = p99 < limit ? 'kept' : 'NOT KEPT';
      console.log(
        `  ${name.padEnd(22)}${median(taken).toFixed(1).padStart(8)} ms, p99 ${p99.toFixed(1)} ms, goal < ${limit} ms: ${verdict}`,
      );
    }
    console.log('');
  } finally {
    await db.destroy();
  }
};
