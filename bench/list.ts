/**
 * Pages of the order list: the same page, found the same way, at 10 000 and at many orders, so that the ratio tells
 * what size costs. Every documented filter, first page and deep; medians and the 99th percentile.
 */
import type { Knex } from 'knex';
import { openDatabase, unhurried } from '../src/platform/database.ts';
import { type Cursor, decodeCursor, encodeCursor, type RowReader } from '../src/projections/list/index.ts';
import { type ListOrders, listOrders, orderList } from '../src/projections/orders/index.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, p99Of } from './support/compare.ts';
import { COPY_OF_AN_ORDER, copyRows, seedRows } from './support/seeded-rows.ts';

const PAGES = 200;
const SMALL = 10_000;

/** What lists keep by themselves when orders come in as events. */
const COUNT = `
  insert into projection_counters (projection, name, value)
  select coalesce(c.counters, c.name), counted.name, counted.value
  from projection_checkpoints c, (
    select 'all' as name, count(*) as value from order_list
    union all select 'status:' || status, count(*) from order_list group by status
    union all select 'payment_status:' || payment_status, count(*) from order_list group by payment_status
    union all select 'refund_status:' || refund_status, count(*) from order_list group by refund_status
    union all select 'needs:resolution', count(*) from order_list where needs_resolution
    union all select 'customer:' || customer_id, count(*) from order_list group by customer_id
  ) counted where c.name = 'order_list'
  on conflict (projection, name) do update set value = excluded.value`;

/** As many shops of the small size as make the large one. */
const enlarge = async (db: Knex, times: number): Promise<void> => {
  const { table, columns } = orderList;
  await copyRows(db, { table, columns: Object.keys(columns), differing: COPY_OF_AN_ORDER, times });
  await db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await unhurried(tx.raw(COUNT));
  });
};

const middleOf = async (db: Knex): Promise<Cursor> => {
  const { rows } = await db.raw<{ rows: readonly { id: string; value: string }[] }>(
    `select id, to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as value from order_list
     where created_at >= (select min(created_at) + (max(created_at) - min(created_at)) / 2 from order_list)
     order by created_at limit 1`,
  );
  const { id = '', value = '' } = rows[0] ?? {};
  const cursor = decodeCursor(encodeCursor({ list: 'order_list', sort: '-created_at', value, id, direction: 'next' }));
  if (cursor === undefined) throw new Error('the list is empty');
  return cursor;
};

type Case = readonly [name: string, query: Omit<ListOrders, 'limit'>];

/** A customer with many orders, and a courier. */
type Known = { readonly customer_id: string; readonly delivery_partner_id: string };

const mostFrequent = async (db: Knex, column: keyof Known): Promise<string> => {
  const { rows } = await db.raw<{ rows: readonly { readonly value: string }[] }>(
    `select ${column} as value from order_list where ${column} is not null group by 1 order by count(*) desc, 1 limit 1`,
  );
  return rows[0]?.value ?? '';
};

const casesAt = (deep: Cursor, { customer_id, delivery_partner_id }: Known): readonly Case[] => [
  ['no filter', { filters: {} }],
  ['no filter, in the middle', { filters: {}, cursor: deep }],
  ['customer_id', { filters: { customer_id } }],
  ['customer_id and status', { filters: { customer_id, status: ['delivered'] } }],
  ['status', { filters: { status: ['cancelled'] } }],
  ['status, in the middle', { filters: { status: ['cancelled'] }, cursor: deep }],
  ['three statuses, in the middle', { filters: { status: ['pending', 'shipped', 'delivered'] }, cursor: deep }],
  ['three statuses by total', { filters: { status: ['pending', 'shipped', 'delivered'] }, sort: '-total' }],
  ['created_from and created_to', { filters: { created_from: deep.value, created_to: '2026-01-01T00:00:00.000Z' } }],
  ['delivery_partner_id', { filters: { delivery_partner_id } }],
  ['min_total, few', { filters: { min_total: '999.5' } }],
  ['min_total and max_total, many', { filters: { min_total: '100', max_total: '900' }, cursor: deep }],
  ['payment_status, many', { filters: { payment_status: ['paid'] }, cursor: deep }],
  ['payment_status, two that are few', { filters: { payment_status: ['unpaid', 'overpaid'] }, cursor: deep }],
  ['payment_status and status', { filters: { payment_status: ['unpaid'], status: ['delivered'] }, cursor: deep }],
  ['refund_status', { filters: { refund_status: ['failed', 'done'] } }],
  ['needs', { filters: { needs: 'resolution' } }],
  ['by total', { filters: {}, sort: '-total' }],
  ['by updated_at', { filters: {}, sort: 'updated_at' }],
  ['offset 5000', { filters: {}, offset: 5_000 }],
];

type Times = { readonly p50: number; readonly p99: number };

const timesOf = async (reader: RowReader, query: Case[1]): Promise<Times> => {
  const taken: number[] = [];
  for (let page = 0; page < PAGES; page++) {
    const start = performance.now();
    await listOrders(reader, { ...query, limit: 20 });
    taken.push(performance.now() - start);
  }
  return { p50: median(taken), p99: p99Of(taken) };
};

const timeAll = async (reader: RowReader, known: Known): Promise<ReadonlyMap<string, Times>> => {
  const times = new Map<string, Times>();
  for (const [name, query] of casesAt(await middleOf(reader.db), known)) times.set(name, await timesOf(reader, query));
  return times;
};

export const list: Benchmark = async ({ url, short, tiny = false }) => {
  const [orders, times] = tiny ? [200, 2] : short ? [SMALL, 10] : [SMALL, 100];
  const db = openDatabase({ url });
  const codec = await seedRows(db, { url, orders, projections: [orderList] });
  await db.raw('vacuum (analyze) order_list');
  const reader = { db, codec };
  const known = {
    customer_id: await mostFrequent(db, 'customer_id'),
    delivery_partner_id: await mostFrequent(db, 'delivery_partner_id'),
  };
  await timeAll(reader, known); // a round that does not count
  const small = await timeAll(reader, known);
  await enlarge(db, times);
  await timeAll(reader, known);
  const large = await timeAll(reader, known);
  console.log(`pages of 20 with their total, ${orders} and ${orders * times} orders (goal: p99 < 20 ms, ratio ≤ 1.2)`);
  for (const [name, { p50, p99 }] of large) {
    const base = small.get(name)?.p50 ?? NaN;
    const figures = [base, p50, p99].map((ms) => `${ms.toFixed(2).padStart(7)} ms`).join('');
    console.log(`  ${name.padEnd(34)}${figures} (p99)  ratio ${(p50 / base).toFixed(2)}`);
  }
  await db.destroy();
};
