import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listJobs } from '../../src/jobs/admin.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { invoiceOnShipping } from '../../src/reactors/invoice-on-shipping.ts';
import { reactor } from '../../src/reactors/reactor.ts';
import { runReactor } from '../../src/reactors/run-reactor.ts';
import type { Core } from '../../src/core.ts';
import { placeOrder, shipOrder, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const test = suite<{ database: TestDatabase; store: EventStore; core: Core }>('reactor');

test.before.each(async (state) => {
  state.database = await openTestDatabase();
  state.store = openPostgresEventStore({ url: state.database.url });
  state.core = testCore(state.database.db, state.store);
});
test.after.each(async ({ database, store }) => {
  await store.close();
  await database.close();
});

const start = (core: Core, which = invoiceOnShipping) => {
  const stopping = new AbortController();
  const ended = runReactor(which, core, stopping.signal);
  return {
    ended,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
};

const keysOf = async (core: Core) => (await listJobs(core.db, { limit: 100 })).map(({ key }) => key).toSorted();
const checkpointOf = async ({ db }: Core) =>
  BigInt((await db<{ position: string }>('reactor_checkpoints').first('position'))?.position ?? -1);

test('a shipped order leads to its job, an order that is only placed to none', async ({ core, store }) => {
  const reacting = start(core);
  const shipped = await shipOrder(core);
  await placeOrder(core);
  await eventually('the job is there', async () => (await keysOf(core)).length === 1);
  assert.equal(await keysOf(core), [`issue-invoice:${shipped}`]);
  const head = await store.head();
  await placeOrder(core);
  await eventually('the checkpoint passes what is of no interest', async () => (await checkpointOf(core)) >= head, {
    within: 10_000,
  });
  await reacting.stop();
});

test('it starts at the first event and resumes where it stood', async ({ core }) => {
  const first = await shipOrder(core);
  const reacting = start(core);
  await eventually('the first job is there', async () => (await keysOf(core)).length === 1);
  await reacting.stop();
  await core.db.raw('delete from graphile_worker._private_jobs');
  const second = await shipOrder(core);
  const again = start(core);
  await eventually('the second job is there', async () => (await keysOf(core)).length === 1);
  assert.equal(await keysOf(core), [`issue-invoice:${second}`], `${first} is not asked for again`);
  await again.stop();
});

test('shipping and then going out for delivery are one waiting job', async ({ core }) => {
  const order = await shipOrder(core);
  await takeActions(core, order, ['out_for_delivery']);
  const reacting = start(core);
  await eventually('the job is there', async () => (await keysOf(core)).length === 1);
  await reacting.stop();
  assert.equal(await keysOf(core), [`issue-invoice:${order}`]);
});

test('three processes at once enqueue each job once', async ({ core }) => {
  const counted = reactor({
    name: 'counted',
    prefixes: ['order-'],
    on: { OrderPlaced: ({ id }) => ({ task: 'count', payload: { id }, key: `${id}:${randomUUID()}` }) },
  });
  const processes = [start(core, counted), start(core, counted), start(core, counted)];
  await Promise.all(Array.from({ length: 40 }, () => placeOrder(core)));
  const enough = async () =>
    (await keysOf(core)).length >= 40 && (await checkpointOf(core)) >= (await core.store.head());
  await eventually('every event has led to a job', enough, { within: 10_000 });
  await Promise.all(processes.map((one) => one.stop()));
  assert.is((await keysOf(core)).length, 40);
});

test('a bug in a policy stops the reactor before the event, and nothing is skipped', async ({ core }) => {
  let broken = true;
  const fragile = reactor({
    name: 'fragile',
    prefixes: ['order-'],
    on: {
      OrderPlaced: ({ id }) => {
        if (broken) throw new Error('a bug');
        return { task: 'count', payload: { id }, key: id };
      },
    },
  });
  await placeOrder(core);
  const failing = await start(core, fragile).ended.catch((error: unknown) => error);
  assert.match(String(failing), /a bug/);
  assert.is(await checkpointOf(core), 0n);
  broken = false;
  const mended = start(core, fragile);
  await eventually('the job is there after the mend', async () => (await keysOf(core)).length === 1);
  await mended.stop();
});

test.run();
