import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { startProjectors, type Projection } from '../../src/projections/engine/index.ts';
import { figures } from '../../src/projections/figures/index.ts';
import { numbers } from '../../src/projections/numbers/index.ts';
import { orderList } from '../../src/projections/orders/index.ts';
import { createTouchWatch, type Touched } from '../../src/projections/self-check/touched.ts';
import { placeOrder, takeActions, testCore, type Core } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { hasReached, openTestLog } from '../support/projectors.ts';

const test = suite('rows that were touched');
const projections = [orderList, figures, numbers];
const abort = new AbortController();
let database: TestDatabase;
let db: Knex;
let core: Core;
let running: Promise<unknown>;
let orders: readonly string[];

const caughtUp = async (): Promise<void> => {
  for (const projection of projections) await hasReached(db, projection, await core.store.head());
};

test.before(async () => {
  database = await openTestDatabase();
  db = database.db;
  core = testCore(db, openMemoryEventStore(), randomBytes(32));
  running = startProjectors({ ...core, db, log: openTestLog(), projections, signal: abort.signal });
  orders = await Promise.all([placeOrder(core), placeOrder(core), placeOrder(core)]);
  await caughtUp();
});
test.after(async () => {
  abort.abort();
  await running;
  await database.close();
});

const watch = async (projection: Projection) => {
  const look = createTouchWatch(projection, db);
  await look();
  return async (isSeen: (touched: Touched) => boolean): Promise<Touched> => {
    let found: Touched | undefined;
    await eventually('it is seen', async () => {
      const touched = await look();
      if (touched !== undefined && isSeen(touched)) found = touched;
      return found !== undefined;
    });
    if (found === undefined) throw new Error('nothing was seen');
    return found;
  };
};

/** Statements of an operator. PostgreSQL would count them up to ten seconds later. */
const byHand = (work: (tx: Knex) => Promise<unknown>): Promise<unknown> =>
  db.transaction(async (tx) => {
    await work(tx);
    await tx.raw('select pg_stat_force_next_flush()');
  });

/** PostgreSQL may count what the projector wrote before as late as ten seconds afterwards: then those rows are named too. */
const names =
  (order: string | undefined) =>
  ({ suspects }: Touched): boolean =>
    suspects.some(({ key }) => key === order);

test('a row that was changed is named, however many rows there are', async () => {
  const seen = await watch(orderList);
  await byHand((tx) => tx('order_list').where({ id: orders[1] }).update({ total: 1 }));
  assert.ok(await seen(names(orders[1])));
});

test('a row that was deleted is named: another read model knows it', async () => {
  const seen = await watch(orderList);
  await byHand((tx) => tx('order_list').where({ id: orders[0] }).delete());
  assert.ok(await seen(names(orders[0])));
});

test('a row that was deleted before the first look is named by it', async () => {
  await db('order_list').where({ id: orders[0] }).delete();
  const touched = await createTouchWatch(orderList, db)();
  assert.ok(touched !== undefined && names(orders[0])(touched));
});

test('a counter and a sum that the projector did not write are named', async () => {
  const ofList = await watch(orderList);
  await byHand((tx) => tx('projection_counters').where({ projection: 'order_list', name: 'all' }).update({ value: 9 }));
  assert.equal((await ofList(({ names }) => names.length > 0)).names, [{ scope: 'counter', key: 'all' }]);
  const ofFigures = await watch(figures);
  await byHand((tx) => tx('figure_sums').where({ dimension: 'all' }).update({ gross_sales: 7 }));
  const [name] = (await ofFigures(({ names }) => names.length > 0)).names;
  assert.is(name?.scope, 'sum');
  assert.is((JSON.parse(name?.key ?? '[]') as readonly string[])[0], 'all');
  await byHand((tx) => tx('figure_sums').where({ dimension: 'status' }).delete());
  assert.ok((await ofFigures(({ areSumsDeleted }) => areSumsDeleted)).areSumsDeleted);
});

test('what the projector writes is looked at too, but its counters are its own', async () => {
  const seen = await watch(orderList);
  await takeActions(core, orders[2] ?? '', ['confirm']);
  await caughtUp();
  const touched = await seen(names(orders[2]));
  assert.equal([touched.names, [...touched.foreign]], [[], []]);
});

test('what another program wrote is still known when the projector has written it again', async () => {
  const seen = await watch(orderList);
  const name = 'customer:written-by-hand';
  const order = await placeOrder(core, { customer_id: 'written-by-hand' });
  await caughtUp();
  await db('projection_counters').where({ projection: 'order_list', name }).update({ value: 9 });
  await db('order_list').where({ id: order }).update({ total: 2 });
  await placeOrder(core, { customer_id: 'written-by-hand' }); // counts one more
  await takeActions(core, order, ['confirm']);
  await caughtUp();
  await db.raw('select pg_stat_force_next_flush()');
  const touched = await seen((one) => one.foreign.has(order));
  assert.ok(touched.names.some(({ key }) => key === name));
});

test.run();
