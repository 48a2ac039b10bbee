/** Every report for a year, of a shop with many orders: medians and the 99th percentile of the time that it takes to read. */
import type { Knex } from 'knex';
import { openDatabase, unhurried } from '../src/platform/database.ts';
import { customerFigures, figures, openFigures } from '../src/projections/figures/index.ts';
import { openReports, type ReportName } from '../src/reports/index.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, p99Of } from './support/compare.ts';
import { copyRows, seedRows } from './support/seeded-rows.ts';

/** As if that many shops of the seed sold together: the same products and countries, other customers. */
const enlarge = async (db: Knex, times: number): Promise<void> => {
  const { sums } = figures;
  if (sums === undefined) throw new Error('the figures are sums');
  const values = sums.values.map((name) => `${name} = ${name} * :times`).join(', ');
  await unhurried(db.raw(`update ${sums.table} set ${values} where dimension <> 'customer'`, { times }));
  await copyRows(db, {
    table: sums.table,
    columns: [...Object.keys(sums.key), ...sums.values],
    differing: { key: `key || '-' || k` },
    where: `dimension = 'customer'`,
    times,
  });
  await db.raw('update figure_customer_sums set customers = customers * :times', { times });
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
  const [orders, copies] = tiny ? [200, 2] : short ? [10_000, 10] : [20_000, 50];
  const times = tiny ? 2 : short ? 20 : 100;
  const db = openDatabase({ url });
  try {
    await seedRows(db, { url, orders, projections: [figures, customerFigures] });
    await enlarge(db, copies);
    const read = openReports({
      figures: openFigures(db),
      defaultCurrency: 'EUR',
      dayOf: (at) => at.slice(0, 10),
      closing: () => Promise.resolve('known'),
      movements: () => Promise.resolve([]),
      findMovedBy: () => Promise.resolve(new Set()),
      readGateway: undefined,
    });
    console.log(`reports of a year, ${orders * copies} orders in two years, ${times} times each`);
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
