/**
 * Pages of the order list: the same page, found the same way, at 10 000 and at many orders, so that the ratio tells
 * what size costs. Every documented filter, first page and deep; medians and the 99th percentile.
 */
import type { Knex } from 'knex';
import { openDatabase, unhurried } from '../src/platform/database.ts';
import { type Cursor, decodeCursor, encodeCursor, type RowReader } from '../src/projections/list/index.ts';
import { type ListOrders, listOrders } from '../src/projections/orders/index.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, p99Of } from './support/compare.ts';
import { sealPeople } from './support/seal-people.ts';

const PAGES = 200;
const SMALL = 10_000;

const FILL = `
  insert into order_list (id, revision, customer_id, status, delivery_partner_id, total, payment_status, refund_status,
    needs_resolution, needs_payout, created_at, updated_at, state, personal, csv)
  select gen_random_uuid(), 4, 'c-' || i % 20000,
    (array['delivered', 'delivered', 'delivered', 'delivered', 'shipped', 'pending', 'cancelled'])[1 + i % 7],
    case when i % 5 = 0 then 'd-' || i % 500 end, (i::bigint * 7919 % 100000) / 100.0,
    case when i % 20 = 0 then 'unpaid' when i % 997 = 0 then 'overpaid' else 'paid' end,
    case when i % 1009 = 0 then 'failed' when i % 50 = 0 then 'done' else 'none' end, i % 1009 = 0, i % 1013 = 0, at, at,
    json_build_object('created_at', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'updated_at', at, 'filler', filler),
    (?::json[])[1 + i % 1000], ''
  from generate_series(?::int, ?::int) i, lateral (select '2026-01-01Z'::timestamptz + i * interval '1 second' as at) t,
    (select string_agg(md5(n::text), '') as filler from generate_series(1, 35) n) f`;

/** What lists keep by themselves when orders come in as events. */
const COUNT = `
  insert into projection_counters (projection, name, value)
  select 'order_list', 'all', count(*) from order_list
  union all select 'order_list', 'status:' || status, count(*) from order_list group by status
  union all select 'order_list', 'payment_status:' || payment_status, count(*) from order_list group by payment_status
  union all select 'order_list', 'refund_status:' || refund_status, count(*) from order_list group by refund_status
  union all select 'order_list', 'needs:resolution', count(*) from order_list where needs_resolution
  union all select 'order_list', 'customer:' || customer_id, count(*) from order_list group by customer_id
  on conflict (projection, name) do update set value = excluded.value`;

const fillTo = async (
  { db }: RowReader,
  personal: readonly string[],
  [from, to]: readonly [number, number],
): Promise<void> => {
  const step = 20_000;
  for (let start = from; start < to; start += step)
    await db.raw(FILL, [[...personal], start + 1, Math.min(start + step, to)]);
  await db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await unhurried(tx.raw(COUNT));
  });
  await db.raw('vacuum (analyze) order_list');
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

const casesAt = (deep: Cursor): readonly Case[] => [
  ['no filter', { filters: {} }],
  ['no filter, in the middle', { filters: {}, cursor: deep }],
  ['customer_id', { filters: { customer_id: 'c-77' } }],
  ['customer_id and status', { filters: { customer_id: 'c-77', status: ['delivered'] } }],
  ['status', { filters: { status: ['cancelled'] } }],
  ['status, in the middle', { filters: { status: ['cancelled'] }, cursor: deep }],
  ['three statuses, in the middle', { filters: { status: ['pending', 'shipped', 'delivered'] }, cursor: deep }],
  ['three statuses by total', { filters: { status: ['pending', 'shipped', 'delivered'] }, sort: '-total' }],
  ['created_from and created_to', { filters: { created_from: deep.value, created_to: '2026-01-31T00:00:00.000Z' } }],
  ['delivery_partner_id', { filters: { delivery_partner_id: 'd-25' } }],
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

const timeAll = async (reader: RowReader): Promise<ReadonlyMap<string, Times>> => {
  const times = new Map<string, Times>();
  for (const [name, query] of casesAt(await middleOf(reader.db))) times.set(name, await timesOf(reader, query));
  return times;
};

export const list: Benchmark = async ({ url, short }) => {
  const orders = short ? 100_000 : 1_000_000;
  const db = openDatabase({ url });
  const { codec, personal } = await sealPeople(db, 1_000);
  const reader = { db, codec };
  await fillTo(reader, personal, [0, SMALL]);
  await timeAll(reader); // a round that does not count
  const small = await timeAll(reader);
  await fillTo(reader, personal, [SMALL, orders]);
  await timeAll(reader);
  const large = await timeAll(reader);
  console.log(`pages of 20 with their total, ${SMALL} and ${orders} orders (goal: p99 < 20 ms, ratio ≤ 1.2)`);
  for (const [name, { p50, p99 }] of large) {
    const base = small.get(name)?.p50 ?? NaN;
    const figures = [base, p50, p99].map((ms) => `${ms.toFixed(2).padStart(7)} ms`).join('');
    console.log(`  ${name.padEnd(34)}${figures} (p99)  ratio ${(p50 / base).toFixed(2)}`);
  }
  await db.destroy();
};
