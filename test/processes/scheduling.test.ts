import { randomUUID } from 'node:crypto';
import { parseCrontab } from 'graphile-worker';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSchedulingCommands } from '../../src/commands/scheduling.ts';
import { createHandle, wasRejected } from '../../src/commands/handle.ts';
import { orderIds, type PlaceOrderInput } from '../../src/commands/orders.ts';
import { createOrderDecider, DEFAULT_ORDER_SETTINGS, type OrderSettings } from '../../src/domain/order/index.ts';
import { StoreUnavailable, type EventStore } from '../../src/event-store/port.ts';
import { orderStream } from '../../src/event-store/stream-names.ts';
import { crontab } from '../../src/jobs/cron.ts';
import { bindTasks } from '../../src/jobs/task.ts';
import { scheduling } from '../../src/processes/scheduling.ts';
import { openCronRuns, type CronRun } from '../../src/jobs/cron-runs.ts';
import { AUDITOR, MEERA, startTestApi, type TestApi } from '../support/api.ts';
import { newLine, shipOrder, takeActions } from '../support/core.ts';
import { decideOnOrder } from '../support/decide-on-order.ts';
import { PLACED_TOTAL } from '../support/order-events.ts';
import { recordCapture, refundByHand, startPayment } from '../support/order-money.ts';
import { context, personalOf } from '../support/orders.ts';
import { openReturn, takeReturnActions } from '../support/payments.ts';

const P1 = '0193a000-0000-7000-8000-0000000000d1';
const P2 = '0193a000-0000-7000-8000-0000000000d2';
const test = suite('the clock');
let api: TestApi;

test.before(async () => {
  api = await startTestApi();
});
test.before.each(() => api.core.db.raw('truncate clock_runs'));
test.after(() => api.close());

const SOON = '2027-01-05T12:00:00.000Z';
const at = (time: string): string => `2027-01-05T${time}.000Z`;

const place = async (changes: Partial<PlaceOrderInput> = {}): Promise<string> => {
  const { line_meta_data: _, ...personal } = personalOf('मीरा');
  const input = {
    customer_id: 'c-1',
    currency: 'EUR',
    payment_method: null,
    scheduled_for: null,
    personal,
    ...changes,
  };
  const caller = { context: context({ command_id: randomUUID() }), repeatable: false };
  const placed = await api.core.orders.place({ lines: [newLine()], ...input }, caller);
  if (wasRejected(placed)) throw new Error(placed.rejection.rejected);
  return placed.id;
};
const placeCod = () => place({ payment_method: 'cash_on_delivery' });

/** Until lists show all that was done. */
const listed = async (): Promise<void> => {
  const head = String(await api.store.head());
  const { status } = await api.call('/orders?limit=1', { headers: { 'x-min-position': head } });
  assert.is(status, 200);
};

type Settings = { readonly now?: string; readonly orderSettings?: Partial<OrderSettings>; readonly store?: EventStore };

const run = async (name: string, settings: Settings, payload: object): Promise<void> => {
  await listed();
  const { now = SOON, store = api.store } = settings;
  const { db, codec } = api.core;
  const orderSettings = { ...DEFAULT_ORDER_SETTINGS, ...settings.orderSettings };
  const commands = createSchedulingCommands({
    handle: createHandle({ store, codec }),
    decider: createOrderDecider(orderSettings, orderIds),
    returnExpiresDays: orderSettings.returnExpiresDays,
  });
  const deps = { db, scheduling: commands, orderSettings, runs: openCronRuns(db), now: () => now };
  const tasks = bindTasks(scheduling, deps);
  const task = tasks.find((one) => one.name === name);
  await task?.run(payload, { jobId: '1', attempt: 1 });
};
const release = (settings: Settings = {}, payload: object = {}) => run('release-scheduled-orders', settings, payload);
const processWaiting = (settings: Settings = {}, payload: object = {}) =>
  run('process-waiting-orders', settings, payload);

const typesOf = async (id: string) => (await api.store.readStream(orderStream(id))).map(({ type }) => type);
const lastRun = async (): Promise<CronRun | undefined> =>
  (await api.call<CronRun[]>('/admin/clock?limit=1', { as: AUDITOR })).body[0];
const moved = async () => (await lastRun())?.moved;

test('a scheduled order is released an hour before its time, and not a second earlier', async () => {
  const id = await place({ scheduled_for: at('13:00:00') });
  await release({ now: at('11:59:59') });
  assert.is(await moved(), 0);
  await release({ now: at('12:00:00') });
  assert.equal([await moved(), await typesOf(id)], [1, ['OrderPlaced', 'OrderReleased']]);
  await release({ now: at('12:01:00') });
  assert.is(await moved(), 0);
});

test('after a downtime all due orders are released, except cancelled ones', async () => {
  const due = [await place({ scheduled_for: at('02:00:00') }), await place({ scheduled_for: at('09:30:00') })];
  const cancelled = await place({ scheduled_for: at('03:00:00') });
  const later = await place({ scheduled_for: '2027-02-01T00:00:00.000Z' });
  await takeActions(api.core, cancelled, ['cancel']);
  await release();
  assert.is(await moved(), 2);
  for (const id of due) assert.equal(await typesOf(id), ['OrderPlaced', 'OrderReleased']);
  assert.equal(await typesOf(later), ['OrderPlaced']);
});

test('five workers at once do no more than one', async () => {
  const scheduled = await Promise.all(Array.from({ length: 12 }, () => place({ scheduled_for: SOON })));
  const waiting = await Promise.all(Array.from({ length: 12 }, placeCod));
  await listed();
  await Promise.all(Array.from({ length: 5 }, () => release()));
  await Promise.all(Array.from({ length: 5 }, () => processWaiting()));
  for (const id of scheduled) assert.equal(await typesOf(id), ['OrderPlaced', 'OrderReleased']);
  for (const id of waiting)
    assert.equal(await typesOf(id), ['OrderPlaced', 'OrderConfirmed', 'OrderProcessingStarted']);
  const runs = (await api.call<CronRun[]>('/admin/clock')).body;
  assert.equal([runs.length, runs.reduce((sum, one) => sum + one.moved, 0)], [10, 24]);
  assert.ok(runs.every(({ failed, finished_at }) => failed === 0 && finished_at !== null));
});

test('orders that are paid, free or paid at the door go to processing; others wait', async () => {
  const [cod, unpaid, confirmed, free] = [
    await placeCod(),
    await place(),
    await placeCod(),
    await place({ delivery_fee: 0, lines: [newLine({ discount: 2598, tax: 0 })] }),
  ];
  await takeActions(api.core, confirmed, ['confirm']);
  await processWaiting({ orderSettings: { autoProcess: 'off' } });
  await processWaiting();
  for (const id of [cod, confirmed, free])
    assert.equal(await typesOf(id), ['OrderPlaced', 'OrderConfirmed', 'OrderProcessingStarted']);
  assert.equal(await typesOf(unpaid), ['OrderPlaced']);
  await processWaiting();
  assert.is(await moved(), 0);
});

test('an order whose money went back is not processed: its debt is open again', async () => {
  const orderSettings = { autoProcess: 'all', paymentRequired: true } as const;
  const [refunded, kept, cod] = [await place(), await place(), await placeCod()];
  for (const id of [refunded, kept, cod])
    await decideOnOrder(api.core, id, startPayment(P1, PLACED_TOTAL), recordCapture(P1, PLACED_TOTAL));
  for (const id of [refunded, cod]) await decideOnOrder(api.core, id, refundByHand(P1));
  await processWaiting({ orderSettings });
  assert.is((await typesOf(kept)).at(-1), 'OrderProcessingStarted');
  for (const id of [refunded, cod]) {
    assert.is((await typesOf(id)).at(-1), 'RefundAllocated');
    await decideOnOrder(api.core, id, startPayment(P2, PLACED_TOTAL), recordCapture(P2, PLACED_TOTAL));
  }
  await processWaiting({ orderSettings: { autoProcess: 'paid' } });
  for (const id of [refunded, cod]) assert.is((await typesOf(id)).at(-1), 'OrderProcessingStarted');
});

test('with AUTO_PROCESS=all an unpaid order goes as well', async () => {
  const id = await place();
  await processWaiting({ orderSettings: { autoProcess: 'all', paymentRequired: true } });
  assert.equal(await typesOf(id), ['OrderPlaced']);
  await processWaiting({ orderSettings: { autoProcess: 'all' } });
  assert.equal(await typesOf(id), ['OrderPlaced', 'OrderConfirmed', 'OrderProcessingStarted']);
});

test('a return whose goods do not come is closed, once', async () => {
  const opened = async (actions: readonly string[]) => {
    const order = await shipOrder(api.core);
    await takeActions(api.core, order, ['deliver']);
    const id = await openReturn(api.core, order);
    await takeReturnActions(api.core, id, actions);
    return id;
  };
  const missing = await opened(['approve', 'schedule_pickup']);
  await opened(['approve', 'receive']);
  await opened([]);
  const expire = (now: string) => run('expire-returns', { now }, {});
  await expire('2026-03-31T12:00:00.000Z');
  assert.is(await moved(), 0);
  await Promise.all(Array.from({ length: 3 }, () => expire(SOON)));
  await expire(SOON);
  const runs = (await api.call<CronRun[]>('/admin/clock?task=expire-returns')).body;
  assert.is(
    runs.reduce((sum, one) => sum + one.moved, 0),
    1,
  );
  const { body } = await api.call<{ readonly status: string }>(`/returns/${missing}`);
  assert.is(body.status, 'not_sent');
});

/** Cannot append to this order. */
const failingAt = (id: string, error: Error): EventStore => ({
  ...api.store,
  append: (stream, ...rest) => (stream === orderStream(id) ? Promise.reject(error) : api.store.append(stream, ...rest)),
});

test('an order that cannot be moved holds up no other, and says why', async () => {
  const [broken, sound] = [await placeCod(), await placeCod()];
  await processWaiting({ store: failingAt(broken, new Error('the disk is full of sand')) });
  const last = await lastRun();
  assert.equal([last?.moved, last?.failed, last?.reason], [1, 1, null]);
  assert.equal(last?.failures, [{ order_id: broken, reason: 'the disk is full of sand' }]);
  assert.is((await typesOf(sound)).length, 3);
  await processWaiting();
  assert.equal([await moved(), (await typesOf(broken)).length], [1, 3]);
});

test('an outage ends the run and is seen; the job is tried again and makes up for it', async () => {
  const id = await placeCod();
  const cron = { _cron: { ts: at('12:00:00') } };
  const store = failingAt(id, new StoreUnavailable('it cannot be reached'));
  await processWaiting({ store }, cron).then(
    () => assert.unreachable('the job must fail'),
    () => undefined,
  );
  assert.match((await lastRun())?.reason ?? '', 'it cannot be reached');
  await processWaiting({}, cron);
  assert.is(await moved(), 1);
});

test('a run that was killed midway is made up for when its job is tried again', async () => {
  const id = await place({ scheduled_for: SOON });
  await openCronRuns(api.core.db).begin('release-scheduled-orders', SOON);
  await release({}, { _cron: { ts: SOON } });
  assert.equal([await moved(), await typesOf(id)], [1, ['OrderPlaced', 'OrderReleased']]);
});

test('moments of the timetable that were missed are made up for by one run', async () => {
  await place({ scheduled_for: SOON });
  for (const missed of ['09:00:00', '10:00:00', '11:00:00']) await release({}, { _cron: { ts: at(missed) } });
  const runs = (await api.call<CronRun[]>('/admin/clock')).body;
  assert.equal(
    runs.map((one) => one.moved),
    [1],
  );
  await release({ now: at('12:01:00') }, { _cron: { ts: at('12:01:00') } });
  assert.is((await api.call<CronRun[]>('/admin/clock')).body.length, 2);
});

test('runs are listed newest first, by task, and the last thousand of each are kept', async () => {
  const { db } = api.core;
  await release();
  await db.raw(
    `insert into clock_runs (task, started_at, finished_at)
     select 'process-waiting-orders', now(), now() from generate_series(1, 1000)`,
  );
  await processWaiting();
  const list = async (query: string) => (await api.call<CronRun[]>(`/admin/clock?limit=1000&${query}`)).body;
  assert.is((await list('task=process-waiting-orders')).length, 1_000);
  assert.is((await list('task=release-scheduled-orders')).length, 1);
  const [newest, older] = await list('');
  assert.ok(Number(newest?.id) > Number(older?.id));
  assert.is((await api.call('/admin/clock?task=brew-tea')).status, 422);
  assert.is((await api.call('/admin/clock', { as: MEERA })).status, 403);
});

test('the timetable is one that the queue understands, and runs that were missed are asked for again', () => {
  const items = parseCrontab(crontab({ autoProcess: 'paid', autoProcessCron: '0 6 * * 1-5', returnExpiresDays: 30 }));
  const clock = items.filter(({ task }) => task.endsWith('-orders') || task.endsWith('-returns'));
  assert.equal(
    clock.map(({ task, options }) => [task, options.backfillPeriod, options.jobKey]),
    [
      ['release-scheduled-orders', 600_000, 'release-scheduled-orders'],
      ['process-waiting-orders', 86_400_000, 'process-waiting-orders'],
      ['expire-returns', 86_400_000, 'expire-returns'],
    ],
  );
  const off = parseCrontab(crontab({ autoProcess: 'off', autoProcessCron: '* * * * *', returnExpiresDays: 0 }));
  assert.not.ok(off.some(({ task }) => task === 'process-waiting-orders' || task === 'expire-returns'));
});

test.run();
