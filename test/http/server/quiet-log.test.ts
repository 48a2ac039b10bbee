import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EventStore } from '../../../src/event-store/port.ts';
import { createProcessLogger } from '../../../src/app/process-logger.ts';
import { createApiKey } from '../../../src/platform/api-keys.ts';
import { enqueueJobs } from '../../../src/jobs/queue.ts';
import type { Task } from '../../../src/jobs/task.ts';
import { eventually } from '../../support/eventually.ts';
import { anOrder, AUDITOR, startTestApi, type TestApi } from '../../support/api.ts';

const quiet = suite('what the log says, and what it never says');
let api: TestApi;
const log: string[] = [];
const breaking = { now: false };

/** Values that must never be found in a log, whatever happens to them. */
const PLANTED = {
  email: 'eleni.planted@customer.example',
  name: 'Ελένη Πλάντεντ',
  street: 'Planted Street 1234567',
  phone: '+30 210 0001 987 654',
  notes: 'planted: the key is under the mat',
  meta: 'planted-meta-data-value',
  search: 'planted-search-words',
  agent: 'planted-user-agent',
} as const;

const CARD = 'tok_planted_4242424242424242';

/** What goes wrong inside has what it was about in its message: the worst that a library could do. */
const failing = (store: EventStore): EventStore => ({
  ...store,
  append: (...args) => {
    if (breaking.now) throw Object.assign(new Error('it broke'), { personal: PLANTED, token: PLANTED.meta });
    return store.append(...args);
  },
});

quiet.before(async () => {
  const logger = createProcessLogger({ level: 'trace', role: 'api', stream: { write: (line) => void log.push(line) } });
  const rateLimits = { read: 8, write: 0, export: 0, auth: 0 };
  api = await startTestApi({ wrapStore: failing, options: { logger, rateLimits } });
});
quiet.after(() => api.close());

const planted = (changes = {}) =>
  anOrder({
    customer_email: PLANTED.email,
    customer_name: PLANTED.name,
    shipping_address: { street: PLANTED.street, city: 'Athens', phone: PLANTED.phone },
    notes: PLANTED.notes,
    meta_data: { secret: PLANTED.meta },
    ...changes,
  });

type Line = Readonly<Record<string, unknown>>;

const lines = (): readonly Line[] => log.map((line) => JSON.parse(line) as Line);
const security = () => lines().filter(({ stream }) => stream === 'security');

const customer = { role: 'customer', sub: 'c-1', email: PLANTED.email, name: PLANTED.name } as const;

quiet('secrets and personal data are in no line, whatever is done with them', async () => {
  const token = await api.token(customer);
  const { key } = await createApiKey(api.core.db, { name: 'stock', scopes: ['orders:read'], expires_at: null });
  const headers = { 'user-agent': PLANTED.agent, cookie: `session=${PLANTED.meta}` };
  const { body: order } = await api.call('/orders', { as: customer, json: planted(), headers });
  assert.is(order.customer_name, PLANTED.name);
  await api.call(`/orders/${order.id}`, { method: 'PATCH', json: { notes: PLANTED.notes } });
  await api.call('/orders', { json: planted({ items: PLANTED.notes, customer_email: PLANTED.name }) });
  await api.call('/orders', { raw: `{"notes": "${PLANTED.notes}"`, headers: { 'content-type': 'application/json' } });
  await api.call(`/orders?q=${PLANTED.search}&customer_id=${PLANTED.email}`, { unchecked: true });
  await api.call(`/orders/${encodeURIComponent(PLANTED.search)}`);
  await api.call(`/${PLANTED.search}`, { unchecked: true });
  await api.call('/orders', { as: null, headers: { 'x-api-key': key } });
  await api.call(`/orders/${order.id}`, { as: null, headers: { 'x-api-key': key } });
  await api.call('/orders', { as: null, headers: { authorization: `Bearer ${token}x` } });
  breaking.now = true;
  const broken = await api.call('/orders', { json: planted() });
  breaking.now = false;
  assert.is(broken.status, 500);
  assert.not.match(broken.text, /broke|planted|\.ts|select/i);

  const written = log.join('');
  assert.ok(log.length > 10, `${log.length} lines`);
  assert.match(written, 'it broke');
  const secrets = [token, token.split('.')[2] ?? token, key, key.slice(-43)];
  for (const value of [...Object.values(PLANTED), ...secrets])
    for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
      assert.not.ok(written.includes(form), `${form} is in the log`);
});

quiet('nor do processes and jobs tell, whether they go well or not', async () => {
  const written: string[] = [];
  const logger = createProcessLogger({
    level: 'trace',
    role: 'worker',
    stream: { write: (line) => void written.push(line) },
  });
  const other = await startTestApi({ options: { logger } });
  const failing: Task = {
    name: 'fail-loudly',
    run: (payload) => Promise.reject(Object.assign(new Error('it broke'), { personal: payload })),
  };
  await other.startWorker({ log: logger, more: [failing] });
  try {
    const { body: order } = await other.call('/orders', { as: customer, json: planted() });
    const json = {
      order_id: order.id,
      method: 'credit_card',
      amount: order.total,
      payment_token: CARD,
      notes: PLANTED.notes,
    };
    const { body: payment } = await other.call<{ id: string }>('/payments', { as: customer, json });
    const paid = await other.call<{ status: string }>(`/payments/${payment.id}/process`, {
      method: 'POST',
      as: customer,
    });
    assert.is(paid.body.status, 'completed');
    await eventually(
      'the money confirmed it',
      async () => (await other.call(`/orders/${order.id}`)).body.status === 'confirmed',
    );
    for (const action of ['start_processing', 'ship'])
      await other.call(`/orders/${order.id}/state`, {
        json: { action, notes: PLANTED.notes, meta_data: { key: PLANTED.meta } },
      });
    await enqueueJobs<{ 'fail-loudly': object }>(other.core.db, [
      { task: 'fail-loudly', payload: { ...PLANTED, CARD }, key: 'fail-loudly' },
    ]);
    await eventually('the invoice is there and the job has failed', async () => {
      const { body } = await other.call<readonly { status: string }[]>(`/invoices/order/${order.id}`, { as: customer });
      return body[0]?.status === 'ready' && written.some((line) => line.includes('it broke'));
    });
  } finally {
    await other.close();
  }
  const log = written.join('');
  for (const value of [...Object.values(PLANTED), CARD])
    for (const form of [value, JSON.stringify(value).slice(1, -1)])
      assert.not.ok(log.includes(form), `${form} is in the log`);
});

quiet('what an operator may be woken by is a stream of its own', async () => {
  log.length = 0;
  await api.call('/orders', { as: AUDITOR, json: anOrder() });
  await api.call('/orders', { as: null, headers: { authorization: 'Bearer worn-out' } });
  await api.call('/orders', { as: null, headers: { 'x-api-key': 'wb_wrong' } });
  const { key } = await createApiKey(api.core.db, { name: 'stock', scopes: ['orders:read'], expires_at: null });
  await api.call('/internal/customers/c-1/orders', { as: null, headers: { 'x-api-key': key } });
  for (let n = 0; n < 9; n++) await api.call('/orders', { as: { role: 'customer', sub: 'c-eager' } });
  assert.equal(
    security().map(({ event, level, route, actor, actor_role }) => [event, level, route, actor, actor_role]),
    [
      ['auth.denied', 'warn', 'placeOrder', 'auditor', 'auditor'],
      ['bad_token', 'warn', 'listOrders', undefined, undefined],
      ['bad_token', 'warn', 'listOrders', undefined, undefined],
      ['key_used', 'info', 'listCustomerOrders', 'stock', 'service'],
      ['rate_limited', 'warn', 'listOrders', 'c-eager', 'customer'],
    ],
  );
  for (const { request_id, ip, msg } of security())
    assert.ok(typeof request_id === 'string' && typeof ip === 'string' && msg === 'security event');
});

quiet('a quiet log level does not silence it', async () => {
  const written: string[] = [];
  const logger = createProcessLogger({
    level: 'error',
    role: 'api',
    stream: { write: (line) => void written.push(line) },
  });
  const other = await startTestApi({ projectors: false, options: { logger } });
  try {
    await other.call('/orders');
    await other.call('/orders', { as: AUDITOR, json: anOrder() });
    assert.is(written.length, 1);
    assert.match(written[0] ?? '', /"stream":"security".*"event":"auth\.denied"/);
  } finally {
    await other.close();
  }
});

quiet.run();
