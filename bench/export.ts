/**
 * Every order as CSV over HTTP, against `COPY` of the same columns from a flat table that has them in clear, and against
 * `COPY` of the rows from which the export is made, in its sequence; and what it costs in memory.
 */
import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { openDatabase, unhurried } from '../src/platform/database.ts';
import { ORDER_CSV_COLUMNS, orderList } from '../src/projections/orders/index.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { settle } from './support/contest.ts';
import { COPY_OF_AN_ORDER, copyRows } from './support/seeded-rows.ts';
import { seedShop } from './support/shop.ts';
import { readTree } from './support/process-tree.ts';
import { startWaybill, type Waybill } from './support/waybill.ts';

/** Columns of the export that are no person's, in its order: a flat table has them by themselves. */
const PERSONAL = new Set(['customer_email', 'customer_name', 'notes']);
const FLAT = `
  create table flat as select ${ORDER_CSV_COLUMNS.map((name, at) =>
    PERSONAL.has(name) ? `'मीरा शर्मा ' || created_at as ${name}` : `split_part(csv, ',', ${at + 1}) as ${name}`,
  ).join(', ')} from order_list`;

/** The shop of the seed several times. */
const fill = async (
  url: string,
  { masterKey }: Waybill,
  { orders, times }: { orders: number; times: number },
): Promise<void> => {
  await seedShop({ url, masterKey, orders });
  await settle(url);
  const db = openDatabase({ url });
  const { table, columns } = orderList;
  await copyRows(db, { table, columns: Object.keys(columns), differing: COPY_OF_AN_ORDER, times });
  await db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await unhurried(tx.raw(FLAT));
  });
  await db.raw('analyze flat');
  await db.destroy();
};

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
};

const FLAT_TABLE = 'copy flat to stdout (format csv)';
/** As the list keeps them: the line without the person, and the person, sealed. */
const SAME_ROWS = `copy (select csv, personal from order_list order by created_at desc, id desc) to stdout (format csv)`;

const copyAll = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  for await (const _ of client.query(copyTo(statement)));
  await client.end();
};

const linesIn = (chunk: Uint8Array): number => {
  let lines = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  return lines;
};

const exportAll = async ({ url, token }: Waybill, orders: number): Promise<void> => {
  // `COPY` compresses nothing either.
  const headers = { authorization: `Bearer ${await token({ role: 'admin' })}`, 'accept-encoding': 'identity' };
  const response = await fetch(`${url}/orders/export?format=csv`, { headers });
  let lines = -1; // the header
  for await (const chunk of response.body ?? []) lines += linesIn(chunk as Uint8Array);
  if (lines !== orders) throw new Error(`${lines} lines came of ${orders}`);
};

/** Of the process that serves, MB. */
const memoryOfApi = async ({ pid }: Waybill): Promise<number> => {
  for (const { pid: child } of await readTree(pid)) {
    const command = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
    if (!command.endsWith('\0api\0')) continue;
    const status = await readFile(`/proc/${child}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  }
  return NaN;
};

export const exportOrders: Benchmark = async ({ url, short, tiny = false }) => {
  const [seeded, times] = tiny ? [200, 2] : short ? [10_000, 10] : [20_000, 50];
  const orders = seeded * times;
  const waybill = await startWaybill({ DATABASE_URL: url });
  try {
    await fill(url, waybill, { orders: seeded, times });
    const idle = await memoryOfApi(waybill);
    let most = idle;
    const look = setInterval(() => void memoryOfApi(waybill).then((now) => (most = Math.max(most, now))), 100);
    const rate = async (work: () => Promise<unknown>) => orders / (await seconds(work));
    for (const [name, statement] of Object.entries({ 'a flat table': FLAT_TABLE, 'the same rows': SAME_ROWS }))
      await compare({
        title: `export of ${orders} orders as CSV`,
        unit: 'orders/s',
        rounds: tiny ? 1 : 3,
        baseline: { name: `COPY … TO STDOUT of ${name}`, measure: () => rate(() => copyAll(url, statement)) },
        candidate: { name: 'GET /orders/export', measure: () => rate(() => exportAll(waybill, orders)) },
        goal: 'first ≥ 0.3, goal ≥ 0.5',
      });
    clearInterval(look);
    console.log(`  the API held ${(most - idle).toFixed(0)} MB over idle at most (goal < 100 MB)\n`);
  } finally {
    await waybill.stop();
  }
};
