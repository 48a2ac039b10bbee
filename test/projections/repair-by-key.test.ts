import { randomBytes, randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Knex } from 'knex';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { startProjectors } from '../../src/projections/engine/index.ts';
import { customerFigures } from '../../src/projections/figures/index.ts';
import { findIdByNumber, numbers } from '../../src/projections/numbers/index.ts';
import { projections } from '../../src/projections/registry.ts';
import { keepChecking, readDrift, repairProjection } from '../../src/projections/self-check/index.ts';
import { placeOrder, testCore, type Core } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { rowsOf, sumsOf } from '../support/projection-spec.ts';
import { allHaveReached, openTestLog } from '../support/projectors.ts';

// No self-check runs here but in the last test: its walk through the log would hand the repair a stream of the row, which a large log does not
// do in time.
const test = suite('repair by key');
const abort = new AbortController();
let database: TestDatabase;
let db: Knex;
let core: Core;
let orders: readonly string[];
let running: Promise<unknown>;

test.before(async () => {
  database = await openTestDatabase();
  db = database.db;
  core = testCore(db, openMemoryEventStore(), randomBytes(32));
  const placed: string[] = [];
  for (const customer_id of ['c-1', 'c-2', 'c-1', 'c-2']) placed.push(await placeOrder(core, { customer_id }));
  orders = placed;
  running = startProjectors({ ...core, db, log: openTestLog(), projections, signal: abort.signal });
  await allHaveReached(db, await core.store.head());
});
test.after(async () => {
  abort.abort();
  await running;
  await database.close();
});

const figuresNow = async () => ({ rows: await rowsOf(db, customerFigures), sums: await sumsOf(db, customerFigures) });
const numberOf = async (id: string): Promise<string> =>
  (await db('numbers').where({ id }).first<{ number: string }>('number')).number;

for (const [what, damage] of [
  ['missing', (customer_id: string) => db('figure_customers').where({ customer_id }).delete()],
  ['without its orders', (customer_id: string) => db('figure_customers').where({ customer_id }).update({ days: '[]' })],
] as const)
  test(`a row of a customer that is ${what} is repaired by the orders that the list knows`, async () => {
    const before = await figuresNow();
    const key = what === 'missing' ? 'c-1' : 'c-2';
    await damage(key);
    assert.equal((await repairProjection(customerFigures, { ...core, db }, { key })).rows, [key]);
    assert.equal(await figuresNow(), before);
  });

for (const [what, damage] of [
  ['missing', (number: string) => db('numbers').where({ number }).delete()],
  ['of another id', (number: string) => db('numbers').where({ number }).update({ id: randomUUID() })],
] as const)
  test(`a number that is ${what} is repaired by the order that the search knows`, async () => {
    const order = orders[what === 'missing' ? 0 : 1] ?? '';
    const number = await numberOf(order);
    await damage(number);
    assert.equal((await repairProjection(numbers, { ...core, db }, { key: number })).rows, [number]);
    assert.is(await findIdByNumber(db, 'order', number), order);
  });

test('a missing customer of more orders than are sampled is told, and repaired by the command for all', async () => {
  const before = await figuresNow();
  const deps = { ...core, db, log: openTestLog(), projections: [customerFigures], mostStreams: 1 };
  const stop = new AbortController();
  await db('figure_customers').where({ customer_id: 'c-1' }).delete();
  const checking = keepChecking({ ...deps, everyMs: 50, tallyShare: 0.2 }, stop.signal);
  await eventually('the row is told to be missing', async () =>
    (await readDrift(db, customerFigures.name)).some(
      ({ scope, key, kind }) => `${scope} ${key} ${kind}` === 'row c-1 missing',
    ),
  );
  stop.abort();
  await checking;
  const { rows, left } = await repairProjection(customerFigures, deps);
  assert.equal({ rows, left }, { rows: ['c-1'], left: 0 });
  assert.equal(await figuresNow(), before);
});

test.run();
