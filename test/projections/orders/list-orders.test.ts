import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCheckpoint } from '../../../src/projections/engine/index.ts';
import { orders } from '../../../src/projections/orders/queries.ts';
import { pageSql } from '../../../src/projections/list/pager.ts';
import { COUNTED_TO, decodeCursor, encodeCursor, type Sort, SORTS } from '../../../src/projections/list/index.ts';
import {
  countNeeds,
  exportOrders,
  type ListOrders,
  listOrders,
  type OrderFilters,
  orderList,
} from '../../../src/projections/orders/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openEventLog } from '../../support/event-log.ts';
import { assigned, cancelled, confirmed } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';
import { forget } from '../../support/projection-spec.ts';
import { hasReached, startProjector } from '../../support/projectors.ts';

const test = suite('order list queries');
let database: TestDatabase;
test.before(async () => {
  database = await openTestDatabase();
});
test.before.each(() => forget(database.db, orderList));
test.after(() => database.close());

const { codec } = openEventLog();
const reader = () => ({ db: database.db, codec });
const list = (query: Partial<ListOrders> = {}) => listOrders(reader(), { filters: {}, limit: 20, ...query });
const idsOf = async (filters: OrderFilters) => (await list({ filters, sort: 'created_at' })).rows.map(({ id }) => id);

/** Rows made by SQL: what a page returns does not depend on how they came to be. Some share their time and total. */
const fillWith = (count: number) =>
  database.db.raw(
    `insert into order_list (id, revision, customer_id, status, delivery_partner_id, total, payment_status, refund_status,
       needs_resolution, needs_payout, created_at, updated_at, state, personal, csv)
     select gen_random_uuid(), 0, 'c-' || i % 7, (array['pending', 'shipped', 'delivered'])[1 + i % 3],
       case when i % 5 = 0 then 'd-1' end, i % 4, (array['paid', 'paid', 'unpaid', 'overpaid'])[1 + i % 4],
       case i % 50 when 0 then 'failed' when 1 then 'pending' else 'none' end, i % 50 = 0, i % 50 = 1, at, at,
       json_build_object('created_at', text, 'updated_at', text), '{"erased":true}', ''
     from generate_series(1, ?::int) i,
       lateral (select to_timestamp(1767225600 + (i / 2500) * 0.001) as at) t,
       lateral (select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as text) f`,
    [count],
  );

/** Follows `next` from the first page to the last, then `previous` all the way back. */
const walk = async (query: Partial<ListOrders>) => {
  const there: string[] = [];
  const back: string[] = [];
  let page = await list(query);
  const first = page.rows;
  there.push(...first.map(({ id }) => id));
  while (page.next !== undefined) {
    const cursor = decodeCursor(page.next);
    assert.ok(cursor, 'our own cursor is read back');
    page = await list({ ...query, cursor });
    there.push(...page.rows.map(({ id }) => id));
  }
  back.unshift(...page.rows.map(({ id }) => id));
  while (page.previous !== undefined) {
    const cursor = decodeCursor(page.previous);
    assert.ok(cursor, 'our own cursor is read back');
    page = await list({ ...query, cursor });
    back.unshift(...page.rows.map(({ id }) => id));
  }
  return { there, back };
};

test('paging by cursor returns each of 5000 orders once, there and back, though times and totals are equal', async () => {
  await fillWith(5_000);
  for (const sort of SORTS) {
    const { there, back } = await walk({ sort, limit: 333 });
    assert.is(there.length, 5_000, sort);
    assert.is(new Set(there).size, 5_000, sort);
    assert.equal(back, there, `${sort}: the way back`);
  }
});

test('several statuses are one sequence', async () => {
  await fillWith(300);
  const filters: OrderFilters = { status: ['pending', 'delivered', 'pending'] };
  const { there, back } = await walk({ filters, limit: 17, sort: '-total' });
  const { rows } = await database.db.raw<{ rows: readonly { id: string }[] }>(
    `select id from order_list where status in ('pending', 'delivered') order by total desc, id desc`,
  );
  assert.equal(
    there,
    rows.map(({ id }) => id),
  );
  assert.equal(back, there);
});

test('several values of several filters are one sequence', async () => {
  await fillWith(300);
  const filters: OrderFilters = { payment_status: ['unpaid', 'overpaid'], status: ['pending', 'delivered'] };
  const { there, back } = await walk({ filters, limit: 7, sort: 'created_at' });
  const { rows } = await database.db.raw<{ rows: readonly { id: string }[] }>(
    `select id from order_list where status <> 'shipped' and payment_status <> 'paid' order by created_at, id`,
  );
  assert.equal(
    there,
    rows.map(({ id }) => id),
  );
  assert.equal(back, there);
});

test('a page by offset is the page that a cursor comes to', async () => {
  await fillWith(100);
  const first = await list({ limit: 30 });
  const byCursor = await list({ limit: 30, ...cursorOf(first.next) });
  const byOffset = await list({ limit: 30, offset: 30 });
  assert.equal(byOffset.rows, byCursor.rows);
  assert.is(first.previous, undefined);
  assert.equal(await list({ limit: 30, ...cursorOf(byOffset.previous) }).then(({ rows }) => rows), first.rows);
  const last = await list({ limit: 30, offset: 90 });
  assert.is(last.rows.length, 10);
  assert.is(last.next, undefined);
  assert.equal((await list({ offset: 500 })).rows, []);
});

const cursorOf = (text: string | undefined) => {
  const cursor = decodeCursor(text ?? '');
  return cursor === undefined ? {} : { cursor };
};

test('a cursor keeps its place when orders are added before it', async () => {
  await fillWith(40);
  const first = await list({ limit: 20 });
  await database.db
    .raw(`insert into order_list (id, revision, customer_id, status, total, created_at, updated_at, state, personal, csv)
    select gen_random_uuid(), 0, 'c', 'pending', 1, now(), now(), '{}', '{"erased":true}', '' from generate_series(1, 5)`);
  const second = await list({ limit: 20, ...cursorOf(first.next) });
  const seen = new Set([...first.rows, ...second.rows].map(({ id }) => id));
  assert.is(seen.size, 40);
});

test('a cursor that is none of ours is not read', () => {
  const place = { value: '2026-01-01T00:00:00.000Z', id: randomUUID(), direction: 'next' } as const;
  const good = { list: 'order_list', sort: '-created_at', ...place } as const;
  assert.equal(decodeCursor(encodeCursor(good)), good);
  const bad: readonly object[] = [
    { ...good, sort: 'customer_id' },
    { ...good, value: '1; drop table order_list' },
    { ...good, value: '2026-13-45T00:00:00.000Z' },
    { ...good, value: '2026-02-30T00:00:00.000Z' },
    { ...good, value: '0000-01-01T00:00:00.000Z' },
    { ...good, sort: 'total' },
    { ...good, id: '1' },
    { ...good, direction: 'up' },
  ];
  for (const cursor of bad)
    assert.is(decodeCursor(encodeCursor(cursor as typeof good)), undefined, JSON.stringify(cursor));
  for (const text of ['', 'x', 'bnVsbA', Buffer.from('[1,2,3,4,5]').toString('base64url')])
    assert.is(decodeCursor(text), undefined, text);
});

test('each filter finds its orders, and all given must hold', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
  const at = (minute: number) => ({ at: `2026-03-01T12:0${minute}:00.000Z` });
  await eventLog.append(a, [orderPlaced({ customer_id: 'c-1', shipping_cost: 0 })], at(1));
  await eventLog.append(b, [orderPlaced({ customer_id: 'c-2', shipping_cost: 100 }), confirmed], at(2));
  const position = await eventLog.append(c, [orderPlaced({ customer_id: 'c-2' }), assigned('d-9'), cancelled], at(3));
  const projector = startProjector(orderList, { db, ...eventLog });
  await hasReached(db, orderList, position);
  await projector.stop();

  assert.equal(await idsOf({}), [a, b, c]);
  assert.equal(await idsOf({ customer_id: 'c-2' }), [b, c]);
  assert.equal(await idsOf({ status: ['pending'] }), [a]);
  assert.equal(await idsOf({ status: ['pending', 'cancelled'] }), [a, c]);
  assert.equal(await idsOf({ created_from: at(2).at }), [b, c]);
  assert.equal(await idsOf({ created_to: at(2).at }), [a, b]);
  assert.equal(await idsOf({ delivery_partner_id: 'd-9' }), [c]);
  assert.equal(await idsOf({ min_total: '29.58' }), [b, c]);
  assert.equal(await idsOf({ max_total: '29.58' }), [a, b]);
  assert.equal(await idsOf({ customer_id: 'c-2', status: ['confirmed'], min_total: '29' }), [b]);
  assert.equal(await idsOf({ customer_id: 'nobody' }), []);

  const { rows } = await list({ filters: { customer_id: 'c-1' } });
  assert.is(rows[0]?.revision, 0n);
  assert.is(rows[0]?.state.order_number, 'ORD-2026-000001');
  assert.is(rows[0]?.state.lines.length, 1);
});

test('totals are exact for all, a customer or statuses, and for the rest up to a limit', async () => {
  await fillWith(COUNTED_TO * 2 + 2);
  await openCheckpoint(database.db, orderList);
  await database.db('projection_counters').insert([
    { projection: 'order_list', name: 'all', value: 7 },
    { projection: 'order_list', name: 'customer:c-1', value: 5 },
    { projection: 'order_list', name: 'status:pending', value: 3 },
    { projection: 'order_list', name: 'status:shipped', value: 2 },
    { projection: 'order_list', name: 'payment_status:unpaid', value: 8 },
    { projection: 'order_list', name: 'refund_status:failed', value: 4 },
    { projection: 'order_list', name: 'needs:resolution', value: 6 },
  ]);
  const totalOf = async (filters: OrderFilters, exactCount = false) => (await list({ filters, exactCount })).total;
  assert.equal(await totalOf({}), { count: 7, exact: true }, 'kept, not counted');
  assert.equal(await totalOf({ customer_id: 'c-1' }), { count: 5, exact: true });
  assert.equal(await totalOf({ customer_id: 'nobody' }), { count: 0, exact: true });
  assert.equal(await totalOf({ status: ['pending', 'shipped'] }), { count: 5, exact: true });
  assert.equal(await totalOf({ payment_status: ['unpaid', 'settled'] }), { count: 8, exact: true });
  assert.equal(await totalOf({ refund_status: ['failed'] }), { count: 4, exact: true });
  assert.equal(await totalOf({ needs: 'resolution' }), { count: 6, exact: true });
  assert.equal(await countNeeds(database.db), { resolution: 6, payout: 0, held: 0 });
  assert.equal(await totalOf({ min_total: '0' }), { count: COUNTED_TO, exact: false });
  assert.equal(await totalOf({ min_total: '0' }, true), { count: COUNTED_TO * 2 + 2, exact: true });
  assert.equal(await totalOf({ customer_id: 'c-1', min_total: '0' }), { count: 2_858, exact: true });
});

const pages: readonly (readonly [OrderFilters, Sort])[] = [
  [{}, '-created_at'],
  [{}, 'updated_at'],
  [{}, '-total'],
  [{ customer_id: 'c-1' }, '-created_at'],
  [{ status: ['pending'] }, '-created_at'],
  [{ status: ['pending', 'shipped'] }, 'total'],
  [{ delivery_partner_id: 'd-1' }, '-created_at'],
  [{ payment_status: ['overpaid'] }, '-created_at'],
  [{ payment_status: ['unpaid', 'overpaid'] }, 'created_at'],
  [{ payment_status: ['unpaid', 'overpaid'], status: ['pending', 'shipped'] }, '-created_at'],
  [{ refund_status: ['failed'] }, '-created_at'],
  [{ refund_status: ['failed', 'pending'] }, '-created_at'],
  [{ needs: 'resolution' }, '-created_at'],
  [{ needs: 'payout', payment_status: ['paid'] }, 'created_at'],
  [{ min_total: '2' }, '-created_at'],
];

test('a page of large orders ends before it is too large, and the next one goes on behind it', async () => {
  await fillWith(9);
  await database.db.raw(`update order_list set state = json_build_object('text', repeat('x', 1000))`);
  await database.db.raw(`update order_list set state = json_build_object('text', repeat('x', 9000)) where total = 2`);
  for (const query of [
    {},
    { sort: 'created_at' },
    { filters: { status: ['pending', 'shipped', 'delivered'] } },
  ] as const) {
    const { there, back } = await walk({ ...query, maxBytes: 2_500 });
    assert.is(new Set(there).size, 9);
    assert.equal(back, there);
  }
  const page = await list({ maxBytes: 2_500, limit: 5 });
  assert.ok(page.rows.length >= 1 && page.rows.length <= 2, `${page.rows.length} rows`);
  assert.ok(page.next);
  const whole = await list({ maxBytes: 1_000_000, limit: 9 });
  assert.is(whole.next, undefined);
});

test('large orders are exported one at a time, in their place among the others', async () => {
  await fillWith(9);
  const large = `id in (select id from order_list order by created_at, id offset 3 limit 2)`;
  await database.db.raw(`update order_list set state = json_build_object('text', repeat('x', 30000)) where ${large}`);
  const expected = (await list({ sort: 'created_at' })).rows.map(({ id }) => id);
  const batches: string[][] = [];
  for await (const orders of exportOrders(reader(), { filters: {}, sort: 'created_at' }))
    batches.push(orders.map(({ id }) => id));
  assert.equal(batches.flat(), expected);
  assert.equal(
    batches.map(({ length }) => length),
    [3, 1, 1, 4],
  );
});

test('a page is found in an index, never by reading or sorting the table', async () => {
  await fillWith(20_000);
  await database.db.raw('analyze order_list');
  for (const [filters, sort] of pages) {
    const walk = { filters, sort, isBackwards: false, cursor: undefined, offset: 0, limit: 21, maxBytes: 1_000_000 };
    const { sql, bindings } = pageSql(orders, walk);
    const { rows } = await database.db.raw<{ rows: readonly object[] }>(`explain ${sql}`, [...bindings]);
    const plan = JSON.stringify(rows, undefined, 1);
    assert.match(plan, /using order_list_(?!pkey)/, plan);
    assert.not.match(plan, /Seq Scan|Sort  /, plan);
  }
});

test.run();
