import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Knex } from 'knex';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { startProjectors, type Projection } from '../../src/projections/engine/index.ts';
import { figures } from '../../src/projections/figures/index.ts';
import { orderList } from '../../src/projections/orders/index.ts';
import { readDrift, repairProjection } from '../../src/projections/self-check/index.ts';
import { placeOrder, takeActions, testCore, type Core } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { countersOf, rowsOf, sumsOf } from '../support/projection-spec.ts';
import { hasReached, openTestLog } from '../support/projectors.ts';

const test = suite('repair');
const abort = new AbortController();
let database: TestDatabase;
let db: Knex;
let core: Core;
let orders: readonly string[];
let running: Promise<unknown>;

/** More than two pages. */
const ORDERS = 45;

const caughtUp = async (): Promise<void> => {
  for (const projection of [orderList, figures]) await hasReached(db, projection, await core.store.head());
};

test.before(async () => {
  database = await openTestDatabase();
  db = database.db;
  core = testCore(db, openMemoryEventStore(), randomBytes(32));
  const placed: string[] = [];
  for (let n = 0; n < ORDERS; n++) placed.push(await placeOrder(core, { customer_id: `c-${n % 7}` }));
  orders = placed.toSorted();
  const deps = { ...core, db, log: openTestLog(), projections: [orderList, figures], signal: abort.signal };
  running = startProjectors(deps);
  await caughtUp();
});
test.after(async () => {
  abort.abort();
  await running;
  await database.close();
});

/** All rows gone or wrong, with the counters that those would have, and all of it noted as the self-check does. */
const damage = async (projection: Projection): Promise<void> => {
  const rows = db(projection.table);
  await rows.clone().whereIn('id', orders.slice(0, 15)).delete();
  if (projection === orderList) await rows.clone().whereIn('id', orders.slice(15)).update({ status: 'delivered' });
  await db('projection_counters').where({ projection: projection.name, name: 'all' }).update({ value: 3 });
  if (projection.sums !== undefined)
    await db(projection.sums.table).where({ dimension: 'all' }).update({ gross_sales: 1 });
  await db('projection_drift')
    .insert([
      ...orders.map((key) => ({ projection: projection.name, scope: 'row', key, kind: 'different' })),
      ...(projection.counters === undefined
        ? []
        : [{ projection: projection.name, scope: 'counter', key: 'all', kind: 'different' }]),
    ])
    .onConflict(['projection', 'scope', 'key'])
    .ignore();
};

const allOf = async (projection: Projection) => ({
  rows: await rowsOf(db, projection),
  counters: await countersOf(db, projection),
  summed: await sumsOf(db, projection),
});

/** Fails from this read on, as a process that was killed there: its transaction is undone. */
const dyingAfter = (reads: number): Core['store'] => {
  let left = reads;
  return {
    ...core.store,
    readStream: (...args) => (left-- > 0 ? core.store.readStream(...args) : Promise.reject(new Error('killed'))),
  };
};

for (const projection of [orderList, figures])
  test(`${projection.name}: a repair that dies between two pages has repaired the first, and the next one goes on`, async () => {
    const before = await allOf(projection);
    await damage(projection);
    const prefixes = projection.prefixes.length;
    const dying = repairProjection(projection, { ...core, db, store: dyingAfter(25 * prefixes) });
    assert.is(await dying.then(() => 'done', String), 'Error: killed');
    const rows = (await readDrift(db, projection.name)).filter(({ scope }) => scope === 'row').map(({ key }) => key);
    assert.equal(rows.toSorted(), orders.slice(20), 'one page is done');
    const noted = (await readDrift(db, projection.name)).filter(({ scope }) => scope !== 'row');
    assert.ok(noted.length > 1, 'what the repaired rows belong to is noted');

    const repaired = await repairProjection(projection, { ...core, db });
    assert.equal(repaired.left, 0);
    assert.equal(await allOf(projection), before);
  });

test('several repairs at once, beside the projector, add nothing twice', async () => {
  for (const projection of [orderList, figures]) {
    await damage(projection);
    const moved = orders.slice(-10);
    const changing = (async () => {
      for (const id of moved) await takeActions(core, id, [projection === orderList ? 'confirm' : 'cancel']);
    })();
    const repairing = [1, 2, 3].map(() => repairProjection(projection, { ...core, db }));
    await Promise.all([changing, ...repairing]);
    await caughtUp();
    assert.equal((await repairProjection(projection, { ...core, db })).left, 0);
  }
  const { counters } = await allOf(orderList);
  const count = (status: string) => counters[`status:${status}`] ?? 0;
  assert.equal(
    [counters['all'], count('cancelled'), count('confirmed'), count('pending')],
    [ORDERS, 10, 0, ORDERS - 10],
  );
  for (const projection of [orderList, figures]) {
    const kept = await allOf(projection);
    await damage(projection);
    await repairProjection(projection, { ...core, db });
    assert.equal(await allOf(projection), kept, 'as after a repair by itself');
  }
});

test('with no time left, a repair says how much is left, and loses none of it', async () => {
  const before = await allOf(orderList);
  await damage(orderList);
  const cut = await repairProjection(orderList, { ...core, db }, { withinMs: -1 });
  assert.equal([cut.rows.length, cut.left], [0, ORDERS + 1]);
  const one = await repairProjection(orderList, { ...core, db }, { key: orders[3] ?? '', withinMs: -1 });
  assert.equal(one.rows, [orders[3]]);
  assert.equal((await repairProjection(orderList, { ...core, db })).left, 0);
  assert.equal(await allOf(orderList), before);
});

test('a row that is too large to be sampled is repaired by itself', async () => {
  const before = await allOf(orderList);
  await damage(orderList);
  const [first = '', ...rest] = orders.slice(15);
  const padding = JSON.stringify({ padding: 'x'.repeat(1_500_000) });
  await db('order_list').where({ id: first }).update({ state: padding });
  const { rows } = await repairProjection(orderList, { ...core, db });
  assert.ok(rows.includes(first) && rows.includes(rest[0] ?? ''));
  assert.equal(await allOf(orderList), before);
});

test.run();
