// time limit: 180 s
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/config/index.ts';
import { workerDeps } from '../../src/app/compose/worker-tasks.ts';
import { ledgerOf } from '../../src/domain/order/index.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { listJobs } from '../../src/jobs/admin.ts';
import { startWorker, type Worker } from '../../src/jobs/worker.ts';
import { bindTasks } from '../../src/jobs/task.ts';
import { processesAmong } from '../../src/processes/engine/process.ts';
import { startProcesses } from '../../src/processes/engine/start-processes.ts';
import { declarations } from '../../src/processes/registry.ts';
import { type Core, placeOrder, takeActions, testCore } from '../support/core.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openReturn, startPayment, takeReturnActions, TO_RECEIVED } from '../support/payments.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary.ts';
import { assertReconciled, readOrder, readReturn } from '../support/reconcile.ts';
import { workerDepsOf } from '../support/worker-deps.ts';

type Context = {
  database: TestDatabase;
  folder: TemporaryFolder;
  store: EventStore;
  core: Core;
  workers: readonly Worker[];
  stopProcesses: () => Promise<void>;
};

const test = suite<Context>('money, by real processes and workers');

test.before(async (state) => {
  state.database = await openTestDatabase();
  state.folder = await temporaryFolder();
  const { db, url } = state.database;
  state.store = openPostgresEventStore({ url, restMs: 5 });
  state.core = testCore(db, state.store);
  const log = pino({ level: 'silent' });
  const config = loadConfig({ DATA_DIR: state.folder.path, HOST: '127.0.0.1' });
  const deps = workerDepsOf(state.core, await workerDeps(state.core, config, log));
  const tasks = bindTasks(declarations, deps);
  const start = () =>
    startWorker({
      db,
      url,
      tasks,
      crontab: '',
      log,
      onFatal: (error) => {
        throw error;
      },
    });
  // Two of everything, as on two machines.
  state.workers = [await start(), await start()];
  const stopping = new AbortController();
  const processes = processesAmong(declarations, deps);
  const following = [1, 2].map(() => startProcesses(processes, { ...state.core, log }, stopping.signal));
  state.stopProcesses = async () => {
    stopping.abort();
    await Promise.all(following);
  };
});
test.after(async ({ database, folder, store, workers, stopProcesses }) => {
  await stopProcesses();
  for (const worker of workers) await worker.stop();
  await store.close();
  await database.close();
  await folder.remove();
});

const WITHIN = { within: 60_000 };

test('many orders at once, each paid twice, returned twice and split: the books agree', async ({ core, store }) => {
  const live = async (): Promise<string> => {
    const order = await placeOrder(core);
    await startPayment(core, order, { amount: 1_500 });
    await startPayment(core, order, { amount: 1_858, payment_token: 'tok_timeout' });
    await eventually('it is paid', async () => (await readOrder(core, order)).status === 'confirmed', WITHIN);
    await takeActions(core, order, ['start_processing', 'ship', 'deliver']);
    const [line] = (await readOrder(core, order)).lines;
    const items = [{ order_item_id: line?.id ?? '', quantity: 1, reason: null }];
    for (const wanted of [items, null]) {
      const id = await openReturn(core, order, { items: wanted, reason: 'defective' });
      await takeReturnActions(core, id, [...TO_RECEIVED, 'process']);
      await eventually('it is refunded', async () => (await readReturn(core, id)).status === 'refunded', WITHIN);
    }
    return order;
  };
  const orders = await Promise.all(Array.from({ length: 6 }, live));
  await eventually('no job is left', async () => (await listJobs(core.db, { limit: 1 })).length === 0, WITHIN);
  for (const id of orders) {
    const order = await assertReconciled(core, id);
    assert.is(order.status, 'returned');
    assert.is(ledgerOf(order).captured, 3_358);
    assert.is(ledgerOf(order).refunded, 3_358, 'a seller’s fault: all of it, shipping included');
  }
  const memos = (await store.readStream('credit_memos-2026')).map(({ data }) => data['number']);
  assert.equal(
    memos,
    memos.map((_, index) => `CRM-2026-${String(index + 1).padStart(6, '0')}`),
  );
  assert.is(memos.length, 12);
});

test('an order cancelled while its cards are being charged keeps nothing', async ({ core }) => {
  const orders = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const order = await placeOrder(core);
      await startPayment(core, order, { amount: 1_500 });
      await startPayment(core, order, { amount: 1_858 });
      await takeActions(core, order, ['cancel']);
      return order;
    }),
  );
  await eventually(
    'everything is back',
    async () => {
      const states = await Promise.all(orders.map((order) => readOrder(core, order)));
      return states.every((order) => ledgerOf(order).captured === 3_358 && ledgerOf(order).refunded === 3_358);
    },
    WITHIN,
  );
  await eventually('no job is left', async () => (await listJobs(core.db, { limit: 1 })).length === 0, WITHIN);
  for (const id of orders) await assertReconciled(core, id);
});

test.run();
