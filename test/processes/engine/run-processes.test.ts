import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listJobs } from '../../../src/jobs/admin.ts';
import { openPostgresEventStore } from '../../../src/event-store/postgres/index.ts';
import type { EventStore } from '../../../src/event-store/port.ts';
import type { Recorded } from '../../../src/event-store/recorded.ts';
import { issueInvoice } from '../../../src/processes/invoicing.ts';
import { defineProcess, perEvent, type Process } from '../../../src/processes/engine/process.ts';
import { runProcesses } from '../../../src/processes/engine/run-processes.ts';
import { type Core, placeOrder, shipOrder, takeActions, testCore } from '../../support/core.ts';
import { startProcesses } from '../../../src/processes/engine/start-processes.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';

const test = suite<{ database: TestDatabase; store: EventStore; core: Core }>('processes');

test.before.each(async (state) => {
  state.database = await openTestDatabase();
  state.store = openPostgresEventStore({ url: state.database.url });
  state.core = testCore(state.database.db, state.store);
});
test.after.each(async ({ database, store }) => {
  await store.close();
  await database.close();
});

const start = (core: Core, ...which: readonly Process[]) => {
  const stopping = new AbortController();
  const ended = runProcesses(which.length === 0 ? [issueInvoice] : which, core, stopping.signal);
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
  const passes = async (): Promise<boolean> => {
    await placeOrder(core);
    return (await checkpointOf(core)) >= head;
  };
  await eventually('the checkpoint passes what is of no interest', passes, { within: 10_000, every: 200 });
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
  const counted = counting('counted', ({ id }) => `${id}:${randomUUID()}`);
  const processes = [start(core, counted), start(core, counted), start(core, counted)];
  await Promise.all(Array.from({ length: 40 }, () => placeOrder(core)));
  const enough = async () =>
    (await keysOf(core)).length >= 40 && (await checkpointOf(core)) >= (await core.store.head());
  await eventually('every event has led to a job', enough, { within: 10_000 });
  await Promise.all(processes.map((one) => one.stop()));
  assert.is((await keysOf(core)).length, 40);
});

/** Enqueues one job for every order that is placed. */
const counting = (name: string, key: (recorded: Recorded) => string = perEvent): Process =>
  defineProcess({ name, on: { order: ['OrderPlaced'] }, key, run: () => Promise.resolve() });

test('several processes follow the same events, each in its own streams', async ({ core }) => {
  const reacting = start(core, counting('one'), counting('other'), { ...counting('deaf'), prefixes: ['payment-'] });
  await placeOrder(core);
  await eventually('both jobs are there', async () => (await keysOf(core)).length === 2);
  await reacting.stop();
  assert.equal(
    (await keysOf(core)).map((key) => key?.split(':')[0]),
    ['one', 'other'],
  );
});

test('a process that is new begins where the others stand', async ({ core }) => {
  await placeOrder(core);
  const before = start(core, counting('old'));
  await eventually('the old one has reacted', async () => (await keysOf(core)).length === 1);
  await before.stop();
  const after = start(core, counting('old'), counting('new'));
  await placeOrder(core);
  await eventually('both have reacted to the second order', async () => (await keysOf(core)).length === 3);
  await after.stop();
});

test('a bug in a process stops all of them right before the event, named, and nothing is skipped', async ({ core }) => {
  let broken = true;
  const fragile = defineProcess({
    name: 'fragile',
    on: { order: ['OrderConfirmed'] },
    key: ({ id }) => {
      if (broken) throw new Error('a bug');
      return id;
    },
    run: () => Promise.resolve(),
  });
  const id = await placeOrder(core);
  await takeActions(core, id, ['confirm']);
  const failing = await start(core, counting('sound'), fragile).ended.catch((error: unknown) => error);
  assert.is(String(failing), `ProcessFailure: fragile at OrderConfirmed, revision 1 of order-${id}: Error: a bug`);
  assert.is(await checkpointOf(core), 1n, 'what came before has been handled');
  assert.is((await keysOf(core)).length, 1);
  broken = false;
  const fixed = start(core, counting('sound'), fragile);
  await eventually('the job is there after the fix', async () => (await keysOf(core)).length === 2);
  await fixed.stop();
});

test('a bug shows in the log and beside the checkpoint', async ({ core }) => {
  const failing = counting('failing', () => {
    throw new Error('a bug');
  });
  await placeOrder(core);
  const lines: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
  const stopping = new AbortController();
  const ended = startProcesses([failing], { ...core, log }, stopping.signal);
  const failure = async () =>
    (await core.db<{ failure: string | null }>('reactor_checkpoints').first('failure'))?.failure ?? '';
  await eventually('the failure is noted', async () =>
    (await failure()).startsWith('failing at OrderPlaced, revision 0'),
  );
  stopping.abort();
  await ended;
  assert.is(lines.length, 1);
});

test('an older installation goes on where its process farthest behind stood', async ({ core: { db } }) => {
  const migration = await readFile(
    new URL('../../../migrations/0096-one-checkpoint-for-policies.sql', import.meta.url),
    'utf8',
  );
  const rows = () => db<{ name: string; position: string }>('reactor_checkpoints').select('name', 'position');
  await db.raw(migration);
  assert.equal(await rows(), [], 'a new one begins at the first event');
  await db('reactor_checkpoints').insert([
    { name: 'charge_payments', position: '7' },
    { name: 'refund_excess', position: '4' },
  ]);
  await db.raw(migration);
  assert.equal(await rows(), [{ name: 'policies', position: '4' }]);
});

test.run();
