import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Knex } from 'knex';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import {
  liveTarget,
  openCheckpoint,
  startProjectors,
  writeRows,
  type Projection,
} from '../../src/projections/engine/index.ts';
import { documentList } from '../../src/projections/documents/index.ts';
import { customerFigures, figures } from '../../src/projections/figures/index.ts';
import { findIdByNumber, numbers } from '../../src/projections/numbers/index.ts';
import { orderSearch } from '../../src/projections/order-search/index.ts';
import { orderList } from '../../src/projections/orders/index.ts';
import { projections } from '../../src/projections/registry.ts';
import {
  countDrift,
  keepChecking,
  NoKey,
  readDrift,
  repairProjection,
} from '../../src/projections/self-check/index.ts';
import { placeOrder, shipOrder, takeActions, testCore, type Core } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { countersOf, rowsOf, sumsOf } from '../support/projection-spec.ts';
import { allHaveReached, hasReached, openTestLog } from '../support/projectors.ts';

const test = suite('self-check');
const abort = new AbortController();
const log = openTestLog();
let database: TestDatabase;
let db: Knex;
let core: Core;
let orders: readonly string[];
let running: Promise<unknown>;

test.before(async () => {
  database = await openTestDatabase();
  db = database.db;
  core = testCore(db, openMemoryEventStore(), randomBytes(32));
  const deps = { ...core, db, log, projections, signal: abort.signal };
  orders = [await shipOrder(core), await placeOrder(core, { customer_id: 'c-2' }), await placeOrder(core)];
  await takeActions(core, orders[1] ?? '', ['confirm', 'cancel']);
  running = Promise.all([startProjectors(deps), keepChecking({ ...deps, everyMs: 80, tallyShare: 0.2 }, abort.signal)]);
  await allHaveReached(db, await core.store.head());
});
test.after(async () => {
  abort.abort();
  await running;
  await database.close();
});

const allOf = async (projection: Projection) => ({
  rows: await rowsOf(db, projection),
  counters: await countersOf(db, projection),
  summed: await sumsOf(db, projection),
});

const isFound = (projection: Projection, scope: string, kind: string): Promise<true> =>
  eventually(`${kind} ${scope} of ${projection.name}`, async () =>
    (await readDrift(db, projection.name)).some((one) => one.scope === scope && one.kind === kind),
  );

const isRight = (projection: Projection): Promise<true> =>
  eventually(`nothing of ${projection.name} differs`, async () => (await readDrift(db, projection.name)).length === 0);

test('what the projectors have written is what the log says', async () => {
  const before = log.lines.length;
  await db('projection_drift').insert(
    projections.map(({ name }) => ({ projection: name, scope: 'row', key: orders[0], kind: 'different' })),
  );
  for (const projection of projections.filter(({ name }) => name !== 'numbers' && name !== 'store_credit'))
    await isRight(projection); // each was looked at
  assert.equal(await countDrift(db).then((found) => found.filter(({ count }) => count > 1)), []);
  assert.equal(log.lines.slice(before), []);
  await db('projection_drift').delete();
});

for (const projection of [orderList, orderSearch, figures])
  test(`${projection.name}: a hole is found, and repaired by one command`, async () => {
    const before = await allOf(projection);
    await db(projection.table).where({ id: orders[0] }).delete();
    await isFound(projection, 'row', 'missing');
    assert.equal(
      (await countDrift(db)).filter((one) => one.projection === projection.name && one.kind === 'missing'),
      [{ projection: projection.name, kind: 'missing', count: 1 }],
    );
    const repaired = await repairProjection(projection, { ...core, db }, { key: orders[0] });
    assert.equal(repaired.rows, [orders[0]]);
    await isRight(projection);
    assert.equal(await allOf(projection), before);
  });

test('a customer whose row is missing is found by the orders, and the figures are right again', async () => {
  const before = await allOf(customerFigures);
  await db('figure_customers').where({ customer_id: 'c-2' }).delete();
  await isFound(customerFigures, 'row', 'missing');
  assert.equal((await repairProjection(customerFigures, { ...core, db })).rows, ['c-2']);
  await isRight(customerFigures);
  assert.equal(await allOf(customerFigures), before);
});

test('a customer whose row knows no order any more is not taken for one too many', async () => {
  const before = await allOf(customerFigures);
  await db('figure_customers').where({ customer_id: 'c-2' }).update({ days: '[]' });
  await isFound(customerFigures, 'row', 'different');
  await repairProjection(customerFigures, { ...core, db });
  await isRight(customerFigures);
  assert.equal(await allOf(customerFigures), before);
});

const numberOf = async (id: string | undefined): Promise<string> =>
  (await db('numbers').where({ id }).first<{ number: string }>('number')).number;

test('a number that leads to another order is found, and repaired', async () => {
  const number = await numberOf(orders[1]);
  await db('numbers').where({ number }).update({ id: randomUUID() });
  await isFound(numbers, 'row', 'different');
  assert.equal((await repairProjection(numbers, { ...core, db })).rows, [number]);
  await isRight(numbers);
  assert.is(await findIdByNumber(db, 'order', number), orders[1]);
});

test('a number that is missing is found by its order, and one that is drawn ahead is no difference', async () => {
  const number = await numberOf(orders[2]);
  const ahead = { number: 'ORD-2026-000999', kind: 'order', year: 2026, n: 999, id: randomUUID() };
  await db('numbers').insert(ahead);
  await db('numbers').where({ number }).delete();
  await isFound(numbers, 'row', 'missing');
  assert.equal((await repairProjection(numbers, { ...core, db })).rows, [number]);
  await isRight(numbers);
  assert.is(await findIdByNumber(db, 'order', number), orders[2]);
  await db('numbers').where({ number: ahead.number }).delete();
});

test('a wrong row is found, and repaired by one command', async () => {
  const before = await allOf(orderList);
  await db('order_list').where({ id: orders[1] }).update({ status: 'delivered', total: 1 });
  await isFound(orderList, 'row', 'different');
  await isFound(orderList, 'counter', 'missing');
  const { epoch, position } = await openCheckpoint(db, orderList);
  await repairProjection(orderList, { ...core, db }, { key: orders[1] });
  await isRight(orderList);
  assert.equal(await allOf(orderList), before);
  // A projector that folded over the wrong row before the repair and writes after it.
  const changes = { upserts: [], removals: [], counters: [], sums: [] };
  const late = {
    projection: orderList,
    target: liveTarget(orderList),
    move: { epoch, from: position, to: position },
    changes,
  };
  assert.not(await writeRows(db, late));
});

test('a wrong counter is found, and so are one too many and one that is not there', async () => {
  const before = await allOf(orderList);
  const counters = (name: string) => db('projection_counters').where({ projection: 'order_list', name });
  await counters('all').update({ value: 99 });
  await counters('customer:c-2').delete();
  await db('projection_counters').insert({ projection: 'order_list', name: 'customer:c-9', value: 4 });
  for (const kind of ['different', 'missing', 'extra']) await isFound(orderList, 'counter', kind);
  const repaired = await repairProjection(orderList, { ...core, db });
  assert.equal(repaired, { rows: [], counters: 3, sums: 0, left: 0 });
  await isRight(orderList);
  assert.equal(await allOf(orderList), before);
});

test('a wrong sum is found, and repaired', async () => {
  const before = await allOf(figures);
  await db('figure_sums').where({ dimension: 'all' }).update({ gross_sales: 7 });
  await db('figure_sums').where({ dimension: 'status' }).delete();
  await isFound(figures, 'sum', 'different');
  await isFound(figures, 'sum', 'missing');
  await repairProjection(figures, { ...core, db });
  await isRight(figures);
  assert.equal(await allOf(figures), before);
});

test('a row that no event made is found, and goes', async () => {
  const before = await allOf(documentList);
  await db.raw(
    `insert into document_list (id, document_type, kind, customer_id, order_id, currency, amount, requested_at)
     values (gen_random_uuid(), 'invoice', 'invoice', 'c-1', gen_random_uuid(), 'EUR', 1, now())`,
  );
  await isFound(documentList, 'row', 'extra');
  await repairProjection(documentList, { ...core, db });
  await isRight(documentList);
  assert.equal(await allOf(documentList), before);
});

test('a repair of a right row changes nothing, and events go on after it', async () => {
  const before = await allOf(orderList);
  assert.equal((await repairProjection(orderList, { ...core, db }, { key: orders[2] })).rows, []);
  assert.equal(await allOf(orderList), before);
  await takeActions(core, orders[2] ?? '', ['confirm']);
  await hasReached(db, orderList, await core.store.head());
  assert.is((await allOf(orderList)).counters['status:confirmed'], 1);
});

test('a key that no row of a read model can have is rejected, and changes nothing', async () => {
  for (const projection of projections) {
    const before = await allOf(projection);
    const outcome = await repairProjection(projection, { ...core, db }, { key: 'no key' }).catch(
      (error: unknown) => error,
    );
    if (projection.columns[projection.key] === 'uuid') assert.instance(outcome, NoKey, projection.name);
    else assert.equal(outcome, { rows: [], counters: 0, sums: 0, left: 0 }, projection.name);
    assert.equal(await allOf(projection), before, projection.name);
  }
});

test.run();
