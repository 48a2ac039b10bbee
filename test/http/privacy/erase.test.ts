// time limit: 120 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Erasure } from '../../../src/privacy/index.ts';
import { ADMIN, anOrder, AUDITOR, MEERA, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestWorker } from '../../support/worker.ts';

type ErasureJson = Erasure & {
  readonly certificate: null | { readonly content: { readonly kept: readonly object[]; readonly destroyed: object } };
};

const test = suite('erasing a customer');
let api: TestApi;
let worker: Awaited<ReturnType<typeof startTestWorker>>;
test.before(async () => {
  api = await startTestApi();
  worker = await startTestWorker(api);
});
test.after(async () => {
  await worker.stop();
  await api.close();
});

let customers = 0;
const newCustomer = () => {
  const sub = `customer-${++customers}`;
  return {
    sub,
    as: { ...MEERA, sub, name: `Zuzanna Kowalska ${customers}`, email: `zuzanna${customers}@shop.example` },
  };
};

const address = { recipient_name: 'Zuzanna Kowalska', street: 'Ulica Długa 7', city: 'Gdańsk', country: 'PL' };

const place = async (as: object, changes: object = {}) => {
  const { items } = anOrder();
  const json = { items, shipping_address: address, notes: 'ring twice', ...changes };
  return (await api.call('/orders', { as: { role: 'customer', ...as }, json })).body;
};

const cancelled = async (as: object): Promise<OrderJson> => {
  const order = await place(as);
  await api.call(`/orders/${order.id}/cancel`, { method: 'POST' });
  return order;
};

const erase = (customer: string, json: object = { reason: 'asked for' }) =>
  api.call<ErasureJson>(`/admin/customers/${customer}/erase`, { json });

const done = async (id: string): Promise<ErasureJson> => {
  let found: ErasureJson | undefined;
  await eventually('the erasure is done', async () => {
    found = (await api.call<ErasureJson>(`/admin/erasures/${id}`)).body;
    return found.state === 'done';
  });
  if (found === undefined) throw new Error('no erasure');
  return found;
};

test('an erased customer is redacted in every read, and the amounts stay', async () => {
  const { sub, as } = newCustomer();
  const order = await cancelled(as);
  await eventually('the search finds the order', async () => {
    const { body } = await api.call<readonly OrderJson[]>('/orders/search?q=zuzanna1');
    return body.length === 1;
  });

  const asked = await erase(sub);
  assert.is(asked.status, 202, asked.text);
  const erasure = await done(asked.body.id);

  const { body: now, text } = await api.call(`/orders/${order.id}`);
  assert.equal([now.total, now.status, now.order_number], [order.total, 'cancelled', order.order_number]);
  for (const path of ['', '/history', '/events', '/timeline']) {
    const read = await api.call(`/orders/${order.id}${path}`);
    assert.not.match(read.text, /zuzanna|Kowalska|Długa|ring twice/i, `${path} ${text}`);
  }
  const list = await api.call(`/orders?customer_id=${sub}`);
  assert.not.match(list.text, /zuzanna|Kowalska/i);
  const { body: found } = await api.call<readonly OrderJson[]>('/orders/search?q=zuzanna1');
  assert.equal(found, []);
  assert.equal(Object.keys(erasure.steps), ['record', 'destroy', 'acknowledge', 'delete', 'search', 'look_again']);
  assert.ok(erasure.certificate);
  assert.not.match(JSON.stringify(erasure.certificate), new RegExp(sub));
});

test('a dry run changes nothing and says what would be done', async () => {
  const { sub, as } = newCustomer();
  const order = await cancelled(as);
  const plan = await api.call<{ orders: number; keys: number }>(`/admin/customers/${sub}/erase`, {
    json: { reason: 'asked for', dry_run: true },
  });
  assert.equal([plan.status, plan.body.orders, plan.body.keys], [200, 1, 1]);
  assert.is((await api.call(`/orders/${order.id}`)).body.customer_name, as.name);
});

test('open business stops an erasure that was asked for now', async () => {
  const { sub, as } = newCustomer();
  const order = await place(as);
  const { status, problem } = await erase(sub);
  assert.equal([status, problem.code], [409, 'erase.open_business']);
  assert.equal((problem as unknown as { open_business: object }).open_business, [
    { order_id: order.id, kind: 'delivery' },
  ]);
});

test('an unknown customer is 404, and only admins may erase', async () => {
  assert.is((await erase('no-such-customer')).status, 404);
  const json = { reason: 'asked for' };
  assert.is((await api.call('/admin/customers/c/erase', { as: AUDITOR, json })).status, 403);
  assert.is((await api.call('/admin/customers/c/erase', { as: MEERA, json })).status, 403);
  assert.is((await api.call('/admin/erasures/nothing', { as: ADMIN })).status, 404);
});

test('an id of a customer that is an address or a number is rejected where it would be kept', async () => {
  for (const customer_id of ['meera@shop.example', '+491701234567']) {
    const { status, problem } = await api.call('/orders', { json: anOrder({ customer_id }) });
    assert.equal([status, problem.errors[0]?.field], [422, 'customer_id']);
    const json = { currency: 'EUR', amount: 5, reason_category: 'goodwill' };
    const path = `/admin/customers/${encodeURIComponent(customer_id)}/store-credit`;
    assert.is((await api.call(path, { json })).status, 422);
  }
  const own = { role: 'customer', sub: 'meera@shop.example' } as const;
  assert.is((await api.call('/orders', { as: own, json: { items: anOrder()['items'] } })).status, 422);
});

test.run();
