import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startSandboxService, type SandboxService } from '../../src/cli/sandbox/server.ts';
import { customerHandlers } from '../../src/cli/sandbox/merchant-services.ts';
import { createHttpCustomerStatistics, type StatisticsChange } from '../../src/gateways/customers/http.ts';
import { openOrderedQueue } from '../../src/jobs/ordered-queue.ts';
import { addJobsSql } from '../../src/jobs/queue.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { newLine, placeOrder, takeActions } from '../support/core.ts';
import { decideOnOrder } from '../support/decide-on-order.ts';
import { eventually } from '../support/eventually.ts';
import { refundOrder } from '../support/order-money.ts';
import { byAdmin } from '../support/payments.ts';
import { clientOf, get } from '../support/sandbox.ts';

const test = suite('what the customer service is told');
let api: TestApi;
let service: SandboxService;

test.before(async () => {
  api = await startTestApi({ projectors: false });
  service = await startSandboxService({
    'PATCH /api/customers/internal/stranger/statistics': () => ({ status: 404 }),
    ...customerHandlers(new Map()),
  });
  const customers = createHttpCustomerStatistics(clientOf('customer', service, { retries: 0 }));
  await api.startWorker({ deps: { customers } });
});
test.after(async () => {
  await api.close();
  await service.stop();
});

const told = async (customer: string): Promise<readonly StatisticsChange[]> =>
  (await get<{ changes: readonly StatisticsChange[] }>(service, `/api/customers/internal/${customer}/statistics`))
    .changes;

test('a new order, other items and a cancellation change number and value, in this order', async () => {
  const id = await placeOrder(api.core, { customer_id: 'c-1' });
  await api.core.orders.replaceItems({ ...byAdmin(), id }, { lines: [newLine({ quantity: 1 })] });
  await takeActions(api.core, id, ['cancel']);
  const changes = await eventually('all of it', async () => {
    const all = await told('c-1');
    return all.length === 3 && all;
  });
  assert.equal(
    changes.map(({ event, order_count_change, total_value_change }) => [event, order_count_change, total_value_change]),
    [
      ['order_placed', 1, 33.58],
      ['order_modified', 0, -14.29],
      ['order_cancelled', 0, -19.29],
    ],
  );
  assert.is(changes[0]?.order_id, id);
});

test('a credit lowers the value; an order that is cancelled after it is worth nothing', async () => {
  const id = await placeOrder(api.core, { customer_id: 'c-3' });
  await decideOnOrder(api.core, id, refundOrder({ goodwill: 358 }));
  await takeActions(api.core, id, ['cancel']);
  const changes = await eventually('all of it', async () => {
    const all = await told('c-3');
    return all.length === 3 && all;
  });
  assert.equal(
    changes.map(({ event, total_value_change }) => [event, total_value_change]),
    [
      ['order_placed', 33.58],
      ['order_credited', -3.58],
      ['order_cancelled', -30],
    ],
  );
});

test('a lost answer counts once; what comes later waits until what came before is told', async () => {
  service.fail('half', 1);
  const orders = [await placeOrder(api.core, { customer_id: 'c-2' })];
  await eventually('the first is asked for', () => service.asked.some(({ path }) => path.includes('c-2')));
  for (let n = 0; n < 3; n++) orders.push(await placeOrder(api.core, { customer_id: 'c-2' }));
  const changes = await eventually(
    'every order to be told',
    async () => {
      const all = await told('c-2');
      return all.length >= 4 && all;
    },
    { within: 15_000 },
  );
  assert.equal(
    changes.map(({ order_id }) => order_id),
    orders,
  );
  const keys = service.asked
    .filter(({ method, path }) => method === 'PATCH' && path.includes('c-2'))
    .map(({ headers }) => headers['idempotency-key']);
  assert.is(keys.length, 5, 'one of them twice, under the same key');
  assert.is(new Set(keys).size, 4);
});

test('a later event of an order waits for an earlier one that has yet to join the queue', async () => {
  const { db } = api.database;
  const [queue, task, key] = ['tell-customer-service:waiting', 'tell-customer-service', 'yet-to-join'];
  const payload = { stream: 'order-waiting', revision: '1', position: '5' };
  const { sql, bindings } = addJobsSql([{ task, payload, key, run_at: '2099-01-01T00:00:00Z' }]);
  await db.raw(`select ${sql}`, [...bindings]);
  const isFirst = (stream: string, position: bigint) => openOrderedQueue(db).isFirst(queue, { stream, position }, task);
  assert.is(await isFirst('order-waiting', 9n), false);
  assert.is(await isFirst('order-waiting', 5n), true);
  assert.is(await isFirst('order-other', 9n), true);
  await db.raw('select graphile_worker.remove_job(?)', [key]);
  assert.is(await isFirst('order-waiting', 9n), true);
});

test('a customer it does not know is no failure', async () => {
  await placeOrder(api.core, { customer_id: 'stranger' });
  await eventually('it is asked', () => service.asked.some(({ path }) => path.includes('stranger')));
  await eventually('no job is left', async () => {
    const { body } = await api.call<readonly unknown[]>('/admin/jobs');
    return body.length === 0;
  });
});

test.run();
