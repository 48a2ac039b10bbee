// time limit: 120 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endBooks, settleErasuresTask, type Erasure } from '../../../src/privacy/index.ts';
import { runJob, workerDepsOf } from '../../support/worker-deps.ts';
import { ADMIN, anOrder, AUDITOR, MEERA, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

type ErasureJson = Erasure & {
  readonly certificate: null | { readonly content: { readonly kept: readonly object[]; readonly destroyed: object } };
};

const test = suite('erasing a customer');
let api: TestApi;
test.before(async () => {
  api = await startTestApi();
  await api.startWorker();
});
test.after(() => api.close());

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

const delivered = async (as: object): Promise<{ order: OrderJson; invoice: string }> => {
  const order = await place(as);
  for (const action of ['confirm', 'start_processing', 'ship', 'deliver'])
    await api.call(`/orders/${order.id}/state`, { json: { action } });
  let invoice = '';
  await eventually('the invoice is made', async () => {
    const { body } = await api.call<readonly { id: string; status: string }[]>(`/invoices/order/${order.id}`);
    invoice = body[0]?.id ?? '';
    return body[0]?.status === 'ready';
  });
  return { order, invoice };
};

test('documents are kept for admins and auditors, each read is recorded, and the clock destroys them', async () => {
  const { sub, as } = newCustomer();
  const customer = { ...as, role: 'customer' } as const;
  const { invoice } = await delivered(as);
  assert.is((await api.call(`/invoices/${invoice}/download`, { as: customer })).status, 200);
  const asked = await erase(sub);
  const { certificate } = await done(asked.body.id);
  const year = new Date().getUTCFullYear();
  assert.equal(
    certificate?.content.kept.map((kept) => ({ ...kept, why: '' })),
    [{ what: 'documents', year, documents: 1, until: `${year + 11}-01-01`, why: '' }],
  );

  assert.is((await api.call(`/invoices/${invoice}/download`, { as: customer })).status, 404);
  assert.is((await api.call(`/invoices/${invoice}`, { as: customer })).status, 404);
  assert.is((await api.call(`/invoices/${invoice}/download`, { as: AUDITOR })).status, 200);
  const audit = await api.store.readStream(`audit-${year}`);
  const reads = audit.filter(({ type, data }) => type === 'KeptDocumentRead' && data['document_id'] === invoice);
  assert.is(reads.length, 1);

  const deps = { ...api.core, retentionYears: 10, dayOf: (at: string) => at.slice(0, 10) };
  assert.equal(await endBooks({ ...deps, nowIs: () => new Date(`${year + 10}-12-31T23:00:00Z`) }), []);
  assert.equal(await endBooks({ ...deps, nowIs: () => new Date(`${year + 11}-01-01T01:00:00Z`) }), [year]);
  assert.is((await api.call<{ status: string }>(`/invoices/${invoice}`)).body.status, 'destroyed');
  const gone = await api.call(`/invoices/${invoice}/download`);
  assert.equal([gone.status, gone.problem.code], [409, 'document.destroyed']);
});

test('an erasure that waits is carried out once everything is settled', async () => {
  const { sub, as } = newCustomer();
  const order = await place(as);
  const { status, body } = await erase(sub, { reason: 'asked for', mode: 'when_settled' });
  assert.is(status, 202);
  await eventually(
    'it waits',
    async () => (await api.call<ErasureJson>(`/admin/erasures/${body.id}`)).body.state === 'waiting',
  );
  assert.is((await api.call(`/orders/${order.id}`)).body.customer_name, as.name);
  assert.equal((await erase(sub, { reason: 'again', mode: 'when_settled' })).body.id, body.id);

  await api.call(`/orders/${order.id}/cancel`, { method: 'POST' });
  await runJob(settleErasuresTask, {}, workerDepsOf(api.core));
  await done(body.id);
  assert.not.match((await api.call(`/orders/${order.id}`)).text, /Zuzanna/);
});

test('an erasure that waits is carried out by a request without when_settled, once nothing is open', async () => {
  const { sub, as } = newCustomer();
  const order = await place(as);
  const { body } = await erase(sub, { reason: 'asked for', mode: 'when_settled' });
  await eventually(
    'it waits',
    async () => (await api.call<ErasureJson>(`/admin/erasures/${body.id}`)).body.state === 'waiting',
  );
  const early = await erase(sub);
  assert.equal([early.status, early.problem.code], [409, 'erase.open_business']);
  await api.call(`/orders/${order.id}/cancel`, { method: 'POST' });
  const now = await erase(sub);
  assert.equal([now.status, now.body.id, now.body.state, now.body.open_business], [202, body.id, 'running', []]);
  await done(body.id);
});

test('a customer who comes back is sealed with another key', async () => {
  const { sub, as } = newCustomer();
  const old = await cancelled(as);
  await done((await erase(sub)).body.id);
  const fresh = await place(as);
  assert.is((await api.call(`/orders/${fresh.id}`)).body.customer_name, as.name);
  assert.not.match((await api.call(`/orders/${old.id}`)).text, /Zuzanna/);
});

test('DELETE with permanent=true erases the customer, and names other orders first', async () => {
  const { as } = newCustomer();
  const [one, other] = [await cancelled(as), await cancelled(as)];
  const path = `/orders/${one.id}?permanent=true`;
  const own = await api.call(path, { method: 'DELETE', as });
  assert.is(own.status, 403);
  const { status, problem } = await api.call(path, { method: 'DELETE' });
  assert.equal([status, problem.code], [409, 'erase.other_orders']);
  assert.equal((problem as unknown as { other_orders: object }).other_orders, [other.id]);
  const erased = await api.call<ErasureJson>(`${path}&all_orders=true`, { method: 'DELETE' });
  assert.is(erased.status, 202);
  await done(erased.body.id);
  assert.not.match((await api.call(`/orders/${other.id}`)).text, /Zuzanna/);
});

test('a key whose row is gone is damage and shows in health, and is never taken for an erasure', async () => {
  const { sub, as } = newCustomer();
  const order = await cancelled(as);
  const { db, dataKeys } = api.core;
  const [row] = (await db('data_keys').where({ subject: `life-${sub}` })) as readonly { id: string }[];
  await db('data_keys')
    .where({ subject: `life-${sub}` })
    .delete();
  dataKeys.forget();
  // Nothing is read, and no other key is made: the row can come back.
  const asked = {
    read: await api.call(`/orders/${order.id}`),
    order: await api.call('/orders', { as, json: { items: anOrder().items } }),
    erasure: await erase(sub, { reason: 'asked for', dry_run: true }),
    copy: await api.call(`/admin/customers/${sub}/export`),
  };
  for (const [what, { status, problem }] of Object.entries(asked))
    assert.equal([what, status, problem.code], [what, 503, 'key.missing']);
  type Health = { readonly parts: readonly { readonly name: string; readonly state: string }[] };
  const keysPart = async () =>
    (await api.call<Health>('//health/ready')).body.parts.find(({ name }) => name === 'keys');
  assert.is((await keysPart())?.state, 'degraded');
  await db('data_keys').insert(row);
  assert.is((await api.call(`/orders/${order.id}`)).body.customer_name, as.name);
  assert.is((await keysPart())?.state, 'up');
});

test.run();
