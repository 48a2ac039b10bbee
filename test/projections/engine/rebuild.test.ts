import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seed } from '../../support/random.ts';
import type { OrderEvent } from '../../../src/domain/order/index.ts';
import {
  projectionStatus,
  readCheckpoints,
  RebuildInProgress,
  rebuildProjection,
} from '../../../src/projections/engine/index.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { openDatabase } from '../../../src/platform/database.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { openEventLog } from '../../support/event-log.ts';
import { assigned, cancelled, confirmed, delivered, shipped, started } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';
import { countersOf, forget, rowsOf } from '../../support/projection-spec.ts';
import { hasReached, startProjector } from '../../support/projectors.ts';

const test = suite('rebuild');
let database: TestDatabase;
test.before(async () => {
  database = await openTestDatabase();
});
test.before.each(() => forget(database.db, orderList));
test.after(() => database.close());

const LATER: readonly OrderEvent[] = [
  confirmed,
  started,
  shipped,
  delivered,
  cancelled,
  assigned('d-1'),
  assigned('d-2'),
];

/** Which order, and which of the later events; the first of an order places it. */
const histories = fc.array(fc.tuple(fc.nat(5), fc.nat(LATER.length - 1)), { minLength: 1, maxLength: 60 });

const textOf = async (): Promise<unknown> => {
  const { rows } = await database.db.raw<{ rows: unknown }>(
    `select (to_jsonb(o) - 'written_by')::text as row, state::text from order_list o order by id`,
  );
  return rows;
};

const tell = async (steps: readonly (readonly [number, number])[]) => {
  const eventLog = openEventLog();
  const orders = Array.from({ length: 6 }, () => randomUUID());
  const placed = new Set<number>();
  let position = 0n;
  for (const [index, [who, what]] of steps.entries()) {
    const customerId = `c-${who % 3}`;
    const event = placed.has(who) ? LATER[what] : orderPlaced({ customer_id: customerId });
    placed.add(who);
    const at = new Date(Date.UTC(2026, 2, 1) + index * 61_007).toISOString();
    if (event !== undefined) position = await eventLog.append(orders[who] ?? '', [event], { at, customerId });
  }
  return { ...eventLog, position };
};

test('rebuilt rows equal the rows of the live fold, byte for byte', async () => {
  const { db } = database;
  const property = fc.asyncProperty(histories, fc.integer({ min: 1, max: 8 }), async (steps, size) => {
    await forget(db, orderList);
    const { position, ...eventLog } = await tell(steps);
    const projector = startProjector(orderList, { db, ...eventLog });
    await hasReached(db, orderList, position);
    await projector.stop();
    const [rows, counters] = [await textOf(), await countersOf(db, orderList)];
    await rebuildProjection(orderList, { db, ...eventLog, pageSize: size, cachedRows: 4, cachedBytes: 6_000 });
    assert.equal(await textOf(), rows);
    assert.equal(await countersOf(db, orderList), counters);
    const { rows: counted } = await db.raw<{ rows: readonly { count: string }[] }>('select count(*) from order_list');
    assert.is(Number(counted[0]?.count), counters['all']);
  });
  await fc.assert(property, { numRuns: 15, seed });
});

test('a rebuild sends large rows in several statements, however many may be in memory', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const { lines, ...rest } = orderPlaced().data;
  const large = lines.map((line) => ({ ...line, product_description: 'x'.repeat(1_000_000) }));
  for (let n = 0; n < 20; n++)
    await eventLog.append(randomUUID(), [orderPlaced({ ...rest, lines: large })], { customerId: 'c-1' });
  const sent: number[] = [];
  const note = ({ bindings = [] }: { readonly bindings?: readonly unknown[] }): void => {
    const sizes = bindings.map((value) => (value instanceof Uint8Array ? value.length : 0));
    sent.push(sizes.reduce((sum, size) => sum + size, 0));
  };
  db.on('query', note);
  await rebuildProjection(orderList, { db, ...eventLog, cachedBytes: 100_000_000 });
  db.off('query', note);
  assert.ok(Math.max(...sent) < 10_000_000, `${Math.max(...sent)} bytes at once`);
  const all = sent.reduce((sum, size) => sum + size, 0);
  assert.ok(all > 20_000_000, `${all} bytes in all`);
});

test('indexes keep their names and definitions', async () => {
  const { db } = database;
  const indexes = () =>
    db('pg_indexes').where('tablename', 'order_list').orderBy('indexname').select('indexname', 'indexdef');
  const before: unknown = await indexes();
  await rebuildProjection(orderList, { db, ...openEventLog() });
  await rebuildProjection(orderList, { db, ...openEventLog() });
  assert.equal(await indexes(), before);
  assert.is((await indexes()).length, 16);
});

test('rights and views that operators hung on a read model outlive its rebuild', async () => {
  const { db } = database;
  const reporter = `reporter_${randomUUID().slice(0, 8)}`;
  await db.raw(`create role ${reporter}`);
  await db.raw(`grant select on order_list to ${reporter}`);
  await db.raw(`grant update (status) on order_list to ${reporter} with grant option`);
  await db.raw(`create view open_orders as select id, status from order_list where status = 'pending'`);
  await db.raw(`create view open_count as select count(*) from open_orders where status <> '?'`.replace('?', '\\?'));
  await db.raw(`grant select on open_count to ${reporter}`);
  await db.raw(`create materialized view open_ids as select id from open_orders`);
  await db.raw(`create unique index open_ids_id on open_ids (id)`);
  await db.raw(`create materialized view unfilled as select count(*) from open_ids with no data`);
  await db.raw(`grant select on open_ids to ${reporter}`);
  const eventLog = openEventLog();
  await eventLog.append(randomUUID(), [orderPlaced()]);
  for (let time = 0; time < 2; time++) await rebuildProjection(orderList, { db, ...eventLog });
  const { rows } = await db.raw<{ rows: unknown }>(
    `select (select count from open_count)::int as open, has_table_privilege('${reporter}', 'order_list', 'select') as list,
      has_column_privilege('${reporter}', 'order_list', 'status', 'update with grant option') as status,
      has_table_privilege('${reporter}', 'open_count', 'select') as view, (select count(*) from open_ids)::int as filled,
      has_table_privilege('${reporter}', 'open_ids', 'select') as filled_right,
      (select count(*)::int from pg_indexes where indexname = 'open_ids_id' and indexdef like 'CREATE UNIQUE%') as indexes,
      (select relispopulated from pg_class where relname = 'unfilled') as unfilled`,
  );
  const kept = { open: 1, list: true, status: true, view: true };
  assert.equal(rows, [{ ...kept, filled: 1, filled_right: true, indexes: 1, unfilled: false }]);
  await db.raw('drop view open_orders cascade');
  await db.raw(`drop owned by ${reporter}`);
  await db.raw(`drop role ${reporter}`);
});

test('the list is complete and follows the log while it is being rebuilt', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const place = () => eventLog.append(randomUUID(), [orderPlaced(), confirmed]);
  for (let index = 0; index < 50; index++) await place();
  const projector = startProjector(orderList, { db, ...eventLog });
  await hasReached(db, orderList, await place());

  const progress = { isRebuilding: true };
  const rebuild = rebuildProjection(orderList, { db, ...eventLog, pageSize: 3 }).finally(
    () => (progress.isRebuilding = false),
  );
  let placed = 51;
  while (progress.isRebuilding) {
    await place();
    placed += 1;
    assert.ok((await rowsOf(db, orderList)).length >= 51, 'a reader saw an unfinished table');
  }
  await rebuild;
  await hasReached(db, orderList, await eventLog.store.head());
  assert.equal(await countersOf(db, orderList), {
    all: placed,
    'customer:c-1': placed,
    'status:confirmed': placed,
    'payment_status:unpaid': placed,
    'refund_status:none': placed,
  });
  await projector.stop();
});

test('one rebuild at a time, and it shows', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  await eventLog.append(randomUUID(), [orderPlaced()]);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const decode: typeof eventLog.codec.decode = async (events, options) => {
    await held;
    return eventLog.codec.decode(events, options);
  };
  const slow = rebuildProjection(orderList, { db, store: eventLog.store, codec: { ...eventLog.codec, decode } });
  const state = async () => (await projectionStatus({ db, store: eventLog.store, projections: [orderList] }))[0]?.state;
  await eventually('it shows', async () => (await state()) === 'rebuilding');
  const second = await rebuildProjection(orderList, { db, ...eventLog }).catch((error: unknown) => error);
  assert.instance(second, RebuildInProgress);
  release();
  await slow;
  assert.is(await state(), 'running');
});

test('a rebuild that was thought dead and wakes up writes nothing', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const order = randomUUID();
  await eventLog.append(order, [orderPlaced()]);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let isFolding = false;
  const decode: typeof eventLog.codec.decode = async (events, options) => {
    isFolding = true;
    await held;
    return eventLog.codec.decode(events, options);
  };
  const slow = rebuildProjection(orderList, { db, store: eventLog.store, codec: { ...eventLog.codec, decode } }).catch(
    (e: unknown) => e,
  );
  await eventually('it has begun', () => Promise.resolve(isFolding));
  // Its connection is lost, and with it the lock.
  const { rows: lost } = await db.raw<{ rows: readonly unknown[] }>(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
       and database = (select oid from pg_database where datname = current_database())`,
  );
  assert.is(lost.length, 1);
  const state = async () => (await projectionStatus({ db, store: eventLog.store, projections: [orderList] }))[0]?.state;
  await eventually('the lock is free', async () => (await state()) !== 'rebuilding');
  await eventLog.append(order, [confirmed]);
  await rebuildProjection(orderList, { db, ...eventLog });
  const [rows, before] = [await rowsOf(db, orderList), await readCheckpoints(db, [orderList.name])];
  release();
  assert.instance(await slow, Error);
  assert.equal(await rowsOf(db, orderList), rows);
  assert.equal(await readCheckpoints(db, [orderList.name]), before);
});

test('a rebuild whose machine vanishes holds up the next one no longer than its lease', async () => {
  const { db, url } = database;
  const proxy = await openTcpProxy(Number(new URL(url).port));
  const throughProxy = new URL(url);
  throughProxy.port = String(proxy.port);
  const far = openDatabase({ url: throughProxy.href });
  const eventLog = openEventLog();
  await eventLog.append(randomUUID(), [orderPlaced()]);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const decode: typeof eventLog.codec.decode = async (events) => {
    await held;
    return eventLog.codec.decode(events);
  };
  const deps = { db: far, store: eventLog.store, codec: { ...eventLog.codec, decode }, leaseMs: 1_000 };
  const vanished = rebuildProjection(orderList, deps).catch((error: unknown) => error);
  const state = async () => (await projectionStatus({ db, store: eventLog.store, projections: [orderList] }))[0]?.state;
  await eventually('it has the lock', async () => (await state()) === 'rebuilding');
  proxy.mode('frozen');
  await eventually('the lock is free', async () => (await state()) !== 'rebuilding', { within: 6_000 });
  await rebuildProjection(orderList, { db, ...eventLog });
  const [rows, before] = [await rowsOf(db, orderList), await readCheckpoints(db, [orderList.name])];
  proxy.mode('pass');
  proxy.cut();
  release();
  assert.instance(await vanished, Error);
  assert.equal(await rowsOf(db, orderList), rows);
  assert.equal(await readCheckpoints(db, [orderList.name]), before);
  await far.destroy();
  await proxy.close();
});

test('a rebuild that fails leaves the read model as it was', async () => {
  const { db } = database;
  const eventLog = openEventLog();
  const projector = startProjector(orderList, { db, ...eventLog });
  await hasReached(db, orderList, await eventLog.append(randomUUID(), [orderPlaced()]));
  await projector.stop();
  const [rows, before] = [await rowsOf(db, orderList), await readCheckpoints(db, [orderList.name])];
  const evolve = (): never => {
    throw new Error('a bug');
  };
  const error = await rebuildProjection({ ...orderList, evolve }, { db, ...eventLog }).catch((e: unknown) => e);
  assert.match(String(error), 'OrderPlaced at revision 0');
  assert.equal(await rowsOf(db, orderList), rows);
  assert.equal(await readCheckpoints(db, [orderList.name]), before);
  assert.not.ok(await db.schema.hasTable('order_list__rebuild'));
});

test.run();
