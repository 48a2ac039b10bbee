/** Every order as CSV over HTTP, against `COPY` of the same columns from a flat table; and what it costs in memory. */
import type { Knex } from 'knex';
import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { openDatabase, unhurried } from '../src/platform/database.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { sealPeople } from './support/seal-people.ts';
import { readTree } from './support/process-tree.ts';
import { startWaybill, type Waybill } from './support/waybill.ts';

const FLAT = `
  create table flat as
  select gen_random_uuid() as id, 'ORD-2026-' || lpad(i::text, 6, '0') as order_number, 'c-' || i % 20000 as customer_id,
    'meera-' || i % 20000 || '@customer.example' as customer_email, 'मीरा शर्मा' as customer_name,
    'delivered' as status, 'shipped' as previous_status, 'EUR' as currency, (i % 9999) / 100.0 as subtotal, 0 as discount_total,
    1.25 as tax, 5.00 as shipping_cost, (i % 9999) / 100.0 + 6.25 as total, 0.00 as amount_due, 3 as item_count,
    case when i % 4 = 0 then 'Ring twice, please' end as notes, 'credit_card' as payment_method, at as created_at,
    at as updated_at, at as confirmed_at, at as shipped_at, at as delivered_at, null::timestamptz as cancelled_at
  from generate_series(1, ?::int) i, lateral (select '2026-01-01Z'::timestamptz + i * interval '1 second' as at) t`;

/** As the order list keeps it: the state, which an export does not touch, the person, sealed, and the line without. */
const LISTED = `
  insert into order_list (id, revision, customer_id, status, total, created_at, updated_at, state, personal, csv)
  select id, 4, customer_id, status, total, created_at, updated_at, json_build_object('filler', filler),
    (?::json[])[1 + n % 1000],
    concat_ws(',', id, order_number, customer_id, e'\\x1a', e'\\x1a', status, previous_status, currency, subtotal,
      discount_total, tax, shipping_cost, total, amount_due, item_count, e'\\x1a', payment_method,
      created_at, updated_at, confirmed_at, shipped_at, delivered_at, '') || e'\\r\\n'
  from (select flat.*, row_number() over () as n from flat) flat, (select string_agg(md5(n::text), '') as filler from generate_series(1, 35) n) f`;

const fill = async (db: Knex, orders: number, { masterKey }: Waybill): Promise<void> => {
  const { personal } = await sealPeople(db, 1_000, masterKey);
  await db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await unhurried(tx.raw(FLAT, [orders]));
    await unhurried(tx.raw(LISTED, [[...personal]]));
  });
  await db.raw('analyze flat');
  await db.raw('analyze order_list');
};

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
};

const copyAll = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  for await (const _ of client.query(copyTo('copy flat to stdout (format csv)')));
  await client.end();
};

const exportAll = async ({ url, token }: Waybill, orders: number): Promise<void> => {
  // `COPY` compresses nothing either.
  const headers = { authorization: `Bearer ${await token({ role: 'admin' })}`, 'accept-encoding': 'identity' };
  const response = await fetch(`${url}/orders/export?format=csv`, { headers });
  let lines = -1; // the header
  for await (const chunk of response.body ?? []) for (const byte of chunk as Uint8Array) if (byte === 10) lines += 1;
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

export const exportOrders: Benchmark = async ({ url, short }) => {
  const orders = short ? 100_000 : 1_000_000;
  const waybill = await startWaybill({ DATABASE_URL: url });
  try {
    const db = openDatabase({ url });
    await fill(db, orders, waybill);
    await db.destroy();
    const idle = await memoryOfApi(waybill);
    let most = idle;
    const look = setInterval(() => void memoryOfApi(waybill).then((now) => (most = Math.max(most, now))), 100);
    const rate = async (work: () => Promise<unknown>) => orders / (await seconds(work));
    await compare({
      title: `export of ${orders} orders as CSV`,
      unit: 'orders/s',
      rounds: 3,
      baseline: { name: 'COPY … TO STDOUT of a flat table', measure: () => rate(() => copyAll(url)) },
      candidate: { name: 'GET /orders/export', measure: () => rate(() => exportAll(waybill, orders)) },
      goal: 'first ≥ 0.1, goal ≥ 0.5',
    });
    clearInterval(look);
    console.log(`  the API held ${(most - idle).toFixed(0)} MB over idle at most (goal < 100 MB)\n`);
  } finally {
    await waybill.stop();
  }
};
