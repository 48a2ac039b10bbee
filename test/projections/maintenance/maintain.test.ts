import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CannotProject,
  dropCopy,
  NoSuchCopy,
  openRebuildRuns,
  readCheckpoints,
  RebuildCancelled,
  rebuildProjection,
  rollBack,
  swapIn,
} from '../../../src/projections/engine/index.ts';
import {
  cancelRebuild,
  diffProjection,
  dropOldCopies,
  findInterrupted,
  projectionDetails,
} from '../../../src/projections/maintenance/index.ts';
import { figures } from '../../../src/projections/figures/index.ts';
import { orderSearch } from '../../../src/projections/order-search/index.ts';
import { orderList } from '../../../src/projections/orders/index.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { openEventLog, type EventLog } from '../../support/event-log.ts';
import { confirmed, started } from '../../support/order-events.ts';
import { orderPlaced } from '../../support/orders.ts';
import { countersOf, forget, rowsOf } from '../../support/projection-spec.ts';
import { hasReached, startProjector } from '../../support/projectors.ts';

const test = suite('rebuild beside the live one');
let database: TestDatabase;
test.before(async () => {
  database = await openTestDatabase();
});
const releases: (() => void)[] = [];
test.after.each(() => {
  for (const release of releases.splice(0)) release(); // also when the test has failed
});
test.before.each(async () => {
  const { db } = database;
  for (const projection of [orderList, figures, orderSearch]) await forget(db, projection);
  for (const projection of [orderList, figures, orderSearch])
    for (const copy of ['rebuild', 'kept'] as const) await dropCopy(db, projection, copy);
  await db('projection_rebuilds').delete();
});
test.after(() => database.close());

const placeOrders = async (log: EventLog, count: number): Promise<readonly string[]> => {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const id of ids) await log.append(id, [orderPlaced(), confirmed]);
  return ids;
};

const project = async (log: EventLog, projection = orderList): Promise<void> => {
  const projector = startProjector(projection, { db: database.db, ...log });
  await hasReached(database.db, projection, await log.store.head());
  await projector.stop();
};

const stateOf = async (log: EventLog) => {
  const [detail] = await projectionDetails({ db: database.db, ...log, projections: [orderList] });
  return { rebuild: detail?.rebuild?.state, kept: detail?.kept?.version };
};

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(() => undefined).catch((error: unknown) => error);

test('a rebuild that is not swapped in is compared, and then swapped in or cancelled', async () => {
  const { db } = database;
  const log = openEventLog();
  const [first = '', second = ''] = await placeOrders(log, 3);
  await project(log);
  await db('order_list').where({ id: first }).update({ status: 'delivered' });
  await db('order_list').where({ id: second }).delete();
  await db('projection_counters').where({ projection: 'order_list', name: 'all' }).update({ value: 7 });
  await rebuildProjection(orderList, { db, ...log, swaps: false });
  assert.equal(await stateOf(log), { rebuild: 'ready', kept: undefined });
  await log.append(randomUUID(), [orderPlaced()]);
  await project(log);

  const diff = await diffProjection(orderList, { db, ...log });
  assert.is(diff.compared, 'rebuild');
  assert.is(diff.position, String(await log.store.head()), 'both are as far as the live one');
  assert.equal([diff.old.rows, diff.new.rows], [3, 4]);
  assert.equal(diff.differences, { rows: 2, counters: 1, sums: 0 });
  const rows = new Map(diff.rows.map((row) => [row.key, row]));
  assert.equal([rows.get(first)?.old?.['status'], rows.get(first)?.new?.['status']], ['delivered', 'confirmed']);
  assert.equal([rows.get(second)?.old, rows.get(second)?.new?.['status']], [null, 'confirmed']);
  assert.equal(diff.counters, [{ name: 'all', old: '8', new: '4' }]);

  await swapIn(orderList, { db, ...log });
  assert.is((await rowsOf(db, orderList)).length, 4);
  assert.is((await countersOf(db, orderList))['all'], 4);
  assert.equal(await stateOf(log), { rebuild: 'swapped', kept: orderList.version });
  assert.instance(await failureOf(swapIn(orderList, { db, ...log })), NoSuchCopy);

  await rebuildProjection(orderList, { db, ...log, swaps: false });
  await cancelRebuild(orderList, { db });
  assert.not.ok(await db.schema.hasTable('order_list__rebuild'));
  assert.equal(await stateOf(log), { rebuild: 'cancelled', kept: orderList.version });
  assert.instance(await failureOf(cancelRebuild(orderList, { db })), NoSuchCopy);
});

for (const projection of [orderList, figures, orderSearch])
  test(`${projection.name}: a rollback catches up with the log, and can be rolled back`, async () => {
    const { db } = database;
    const log = openEventLog();
    const [first = ''] = await placeOrders(log, 4);
    await project(log, projection);
    await rebuildProjection(projection, { db, ...log });
    const added = await placeOrders(log, 3);
    await log.append(first, [started]);
    await project(log, projection);
    const [rows, counters] = [await rowsOf(db, projection), await countersOf(db, projection)];

    await rollBack(projection, { db, ...log });
    assert.equal(await rowsOf(db, projection), rows);
    assert.equal(await countersOf(db, projection), counters);
    assert.equal((await diffProjection(projection, { db, ...log })).differences, { rows: 0, counters: 0, sums: 0 });
    await log.append(added[0] ?? '', [started]);
    await project(log, projection);
    await rollBack(projection, { db, ...log });
    const diff = await diffProjection(projection, { db, ...log });
    assert.is(diff.compared, 'kept');
    assert.equal(diff.differences, { rows: 0, counters: 0, sums: 0 });
    assert.is(diff.old.checksum, diff.new.checksum);
    assert.is(diff.new.rows, 7);
  });

test('one request rolls back once, also when it is delivered twice', async () => {
  const { db } = database;
  const log = openEventLog();
  await placeOrders(log, 1);
  await project(log);
  await rebuildProjection(orderList, { db, ...log });
  const [detail] = await projectionDetails({ db, ...log, projections: [orderList] });
  const keptAt = detail?.kept?.kept_at;
  await rollBack(orderList, { db, ...log, keptAt });
  assert.instance(await failureOf(rollBack(orderList, { db, ...log, keptAt })), NoSuchCopy);
});

test('rows of another version are not rolled back to: the release that wrote them does it', async () => {
  const { db } = database;
  const log = openEventLog();
  await placeOrders(log, 1);
  await project(log);
  const newer = { ...orderList, version: orderList.version + 1 };
  await rebuildProjection(newer, { db, ...log });
  assert.match(String(await failureOf(rollBack(newer, { db, ...log }))), 'with the release that wrote it');
  await rollBack(orderList, { db, ...log });
  assert.is((await readCheckpoints(db, ['order_list'])).get('order_list')?.version, orderList.version);
});

/** Stops opening events once so many were opened, until it is let go. */
const stopAfter = (log: EventLog, count: number) => {
  let opened = 0;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  releases.push(() => release());
  const decode: EventLog['codec']['decode'] = async (events, options) => {
    if (opened >= count) await released;
    opened += events.length;
    return log.codec.decode(events, options);
  };
  return { release: () => release(), opened: () => opened, log: { ...log, codec: { ...log.codec, decode } } };
};

test('a rebuild whose process dies is found, and goes on where its rows are', async () => {
  const { db } = database;
  const log = openEventLog();
  await placeOrders(log, 40);
  await project(log);
  const rows = await rowsOf(db, orderList);
  const stopped = stopAfter(log, 60);
  const dying = failureOf(rebuildProjection(orderList, { db, ...stopped.log, pageSize: 10, cachedRows: 8 }));
  await eventually('it has opened what it may', () => Promise.resolve(stopped.opened() === 60));
  const interrupted = () => findInterrupted({ db, projections: [orderList] });
  assert.equal(await interrupted(), [], 'its process lives');
  await eventually('its session ends', async () => {
    await db.raw(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
      and database = (select oid from pg_database where datname = current_database())`);
    return (await interrupted()).length === 1;
  });
  assert.equal(await interrupted(), [{ name: 'order_list', swap: true }]);

  const again = stopAfter(log, Infinity);
  await rebuildProjection(orderList, { db, ...again.log, pageSize: 10, cachedRows: 8 });
  assert.ok(again.opened() < 60, `${again.opened()} of 80 events were opened again`);
  assert.equal(await rowsOf(db, orderList), rows);
  assert.is((await countersOf(db, orderList))['all'], 40);
  assert.is((await openRebuildRuns(db).find('order_list'))?.events, 80);
  stopped.release();
  assert.instance(await dying, Error);
  assert.equal(await rowsOf(db, orderList), rows);
});

test('a rebuild that is cancelled while it runs stops, and leaves nothing', async () => {
  const { db } = database;
  const log = openEventLog();
  await placeOrders(log, 10);
  await project(log);
  const stopped = stopAfter(log, 10);
  const running = failureOf(rebuildProjection(orderList, { db, ...stopped.log, pageSize: 5 }));
  await eventually('it runs', () => Promise.resolve(stopped.opened() >= 10));
  await cancelRebuild(orderList, { db });
  stopped.release();
  assert.instance(await running, RebuildCancelled);
  assert.not.ok(await db.schema.hasTable('order_list__rebuild'));
  assert.equal(await stateOf(log), { rebuild: 'cancelled', kept: undefined });
  assert.is((await rowsOf(db, orderList)).length, 10);
});

test('why a rebuild failed is shown', async () => {
  const { db } = database;
  const log = openEventLog();
  await placeOrders(log, 1);
  const evolve = (): never => {
    throw new Error('a bug');
  };
  assert.instance(await failureOf(rebuildProjection({ ...orderList, evolve }, { db, ...log })), CannotProject);
  const [detail] = await projectionDetails({ db, ...log, projections: [orderList] });
  assert.is(detail?.rebuild?.state, 'failed');
  assert.match(detail?.rebuild?.error ?? '', 'a bug');
});

test('replaced tables are dropped after a day, and not before', async () => {
  const { db } = database;
  const log = openEventLog();
  await placeOrders(log, 1);
  await project(log);
  await rebuildProjection(orderList, { db, ...log });
  const tend = async (age: string): Promise<boolean> => {
    await db('projection_kept').update({ kept_at: db.raw(`now() - interval '${age}'`) });
    await dropOldCopies({ db, projections: [orderList] });
    return db.schema.hasTable('order_list__kept');
  };
  assert.ok(await tend('23 hours 59 minutes'));
  assert.not.ok(await tend('24 hours 1 minute'));
  assert.instance(await failureOf(rollBack(orderList, { db, ...log })), NoSuchCopy);
  assert.is((await rowsOf(db, orderList)).length, 1);
});

/** What a swap runs under its locks, each statement with how many rows it read or wrote. */
const statementsOf = async (swap: () => Promise<unknown>): Promise<readonly string[]> => {
  const { db } = database;
  const seen: string[] = [];
  type Response = number | { readonly rowCount?: number | null } | undefined;
  const note = (response: Response, { sql }: { readonly sql: string }): void => {
    const rows = typeof response === 'number' ? response : (response?.rowCount ?? 0);
    seen.push(`${rows} ${sql.replaceAll(/\s+/g, ' ')}`);
  };
  db.on('query-response', note);
  await swap();
  db.removeListener('query-response', note);
  const first = seen.findIndex((sql) => sql.includes('lock table'));
  const last = seen.findIndex((sql) => sql.includes('delete from "projection_drift"'));
  assert.ok(first >= 0 && last > first, 'the swap was seen');
  return seen.slice(first, last + 1);
};

test('what a swap does under its locks does not grow with the rows, nor with what they count', async () => {
  const { db } = database;
  const swapsAt = async (orders: number) => {
    const log = openEventLog();
    for (const projection of [orderList, figures]) await forget(db, projection);
    for (let n = 0; n < orders; n++)
      await log.append(randomUUID(), [orderPlaced({ customer_id: `c-${n}` }), confirmed]);
    const swaps: (readonly string[])[] = [];
    for (const projection of [orderList, figures]) {
      await project(log, projection);
      const counters = await countersOf(db, projection);
      await rebuildProjection(projection, { db, ...log }); // so that something is kept, which the next swap replaces
      await rebuildProjection(projection, { db, ...log, swaps: false });
      swaps.push(await statementsOf(() => swapIn(projection, { db, ...log })));
      swaps.push(await statementsOf(() => rollBack(projection, { db, ...log })));
      assert.equal(await countersOf(db, projection), counters);
    }
    return swaps;
  };
  const [few, many] = [await swapsAt(2), await swapsAt(40)];
  assert.equal(many, few);
  assert.equal(
    many.flat().filter((sql) => sql.includes('projection_counters')),
    [],
  );
});

test('counters of copies that are no more are deleted, and no others', async () => {
  const { db } = database;
  const log = openEventLog();
  await placeOrders(log, 3);
  await project(log);
  for (let n = 0; n < 3; n++) await rebuildProjection(orderList, { db, ...log });
  const kept = async () => {
    const { rows } = await db.raw<{ rows: readonly { count: string }[] }>(
      `select count(distinct projection) from projection_counters where projection like 'order\\_list%'`,
    );
    return Number(rows[0]?.count);
  };
  const before = await countersOf(db, orderList);
  await dropOldCopies({ db, projections: [orderList] });
  assert.is(await kept(), 2, 'of the live rows and of the kept ones');
  assert.equal(await countersOf(db, orderList), before);
  await rollBack(orderList, { db, ...log });
  assert.equal(await countersOf(db, orderList), before);
});

test('a table keeps its storage options through a rebuild and a rollback', async () => {
  const { db } = database;
  const log = openEventLog();
  const options = async (): Promise<unknown> => {
    const { rows } = await db.raw<{ rows: unknown }>(
      `select relname, reloptions from pg_class where relname in ('figure_orders', 'figure_sums') order by 1`,
    );
    return rows;
  };
  await placeOrders(log, 1);
  await project(log, figures);
  const before = await options();
  await rebuildProjection(figures, { db, ...log });
  assert.equal(await options(), before);
  await rollBack(figures, { db, ...log });
  assert.equal(await options(), before);
});

test.run();
