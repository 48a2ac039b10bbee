import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, MEERA, OTHER, startTestApi, type Call, type TestApi } from '../../support/api.ts';

const test = suite('templates');
let api: TestApi;

type Template = {
  readonly id: string;
  readonly name: string;
  readonly items: readonly { readonly product_id: string; readonly unit_price: number | null }[];
};

test.before(async () => {
  api = await startTestApi({ projectors: false });
});
test.after(() => api.close());
test.before.each(async () => {
  await api.core.db('local_products').delete();
});

const MUG = { product_id: 'mug', product_name: 'Mug', quantity: 2, unit_price: '12.99' };
const keep = (items: readonly object[] = [MUG], call: Call = {}) =>
  api.call<Template>('/templates', { as: MEERA, json: { name: 'Every Monday', items }, ...call });
const order = (id: string, call: Call = {}) =>
  api.call(`/templates/${id}/order`, { method: 'POST', as: MEERA, ...call });
const sell = (product_id: string, unit_price: number, more: object = {}) =>
  api.core
    .db('local_products')
    .insert({ product_id, name: `Catalogue ${product_id}`, unit_price, currency: 'EUR', ...more });

test('a template is kept, read, listed and deleted by its owner; to others it is not there', async () => {
  const { status, body, headers } = await keep();
  assert.is(status, 201);
  assert.is(headers.get('location'), `/api/v1/templates/${body.id}`);
  assert.equal(body.items, [{ product_id: 'mug', quantity: 2, product_name: 'Mug', unit_price: 12.99 }]);
  const path = `/templates/${body.id}`;
  assert.equal((await api.call(path, { as: MEERA })).body, body);
  assert.equal((await api.call('/templates', { as: MEERA })).body, [body]);
  assert.equal((await api.call('/templates', { as: OTHER })).body, []);
  for (const [method, at] of [
    ['GET', path],
    ['DELETE', path],
    ['POST', `${path}/order`],
  ] as const)
    assert.is((await api.call(at, { method, as: OTHER })).status, 404, `${method} ${at}`);
  assert.is((await api.call(path, { method: 'DELETE', as: MEERA })).status, 204);
  assert.is((await api.call(path, { as: MEERA })).status, 404);
});

test('names of 1 to 100 characters, 1 to 500 items; whatever is wrong is named', async () => {
  for (const json of [
    { name: '', items: [MUG] },
    { name: 'x'.repeat(101), items: [MUG] },
    { name: 'x', items: [] },
    { name: 'x', items: [{ ...MUG, quantity: 0 }] },
    { name: 'x', items: [{ ...MUG, discount: 1 }] },
  ])
    assert.is((await keep([], { json })).status, 422, JSON.stringify(json));
});

test('a key keeps one template, however often it is sent', async () => {
  const keyed = { headers: { 'idempotency-key': 'keep-1' } };
  const answers = await Promise.all([keep([MUG], keyed), keep([MUG], keyed), keep([MUG], keyed)]);
  assert.is(new Set(answers.map(({ body }) => body.id)).size, 1);
  assert.equal(
    answers.map(({ status }) => status),
    [201, 201, 201],
  );
});

test('without a catalogue an order has the prices of its template, and where there are none, there is none', async () => {
  const { body: template } = await keep();
  const { status, body } = await order(template.id, {
    json: { notes: 'Ring twice', scheduled_for: '2099-01-01T09:00:00Z' },
  });
  assert.is(status, 201);
  assert.equal(
    [body.subtotal, body.notes, body.status, body.customer_name],
    [25.98, 'Ring twice', 'scheduled', MEERA.name],
  );
  const { body: bare } = await keep([{ product_id: 'mug', quantity: 1 }]);
  const rejected = await order(bare.id);
  assert.equal([rejected.status, rejected.problem.code], [422, 'catalogue.not_sold']);
});

test('with a catalogue an order has its names and prices of today', async () => {
  await sell('mug', 1500);
  const { body: template } = await keep();
  const { body } = await order(template.id);
  assert.equal([body.items[0]?.product_name, body.items[0]?.unit_price, body.subtotal], ['Catalogue mug', 15, 30]);
});

test('lines that are no longer sold are rejected by name, and no order is placed', async () => {
  await sell('mug', 1500, { is_sold: false });
  await sell('tea', 700, { stock: 1 });
  const { body: template } = await keep([MUG, { product_id: 'tea', quantity: 2 }, { product_id: 'gone', quantity: 1 }]);
  const before = await api.countEvents();
  const { status, problem } = await order(template.id);
  assert.is(status, 422);
  assert.equal(
    problem.errors.map(({ field, received }) => [field, received]),
    [
      ['items[0]', 'mug'],
      ['items[1]', 'tea'],
      ['items[2]', 'gone'],
    ],
  );
  assert.is(await api.countEvents(), before);
});

test('a double click is one order by its key, also when the catalogue has changed since', async () => {
  await sell('mug', 1500);
  const { body: template } = await keep();
  const keyed = { headers: { 'idempotency-key': 'order-1' } };
  const [one, two] = await Promise.all([order(template.id, keyed), order(template.id, keyed)]);
  assert.is(one.body.id, two.body.id);
  await api.core.db('local_products').update({ is_sold: false });
  await api.core.db('idempotency_keys').delete(); // the process died before it wrote down what it answered
  const again = await order(template.id, keyed);
  assert.equal([again.status, again.body.id], [201, one.body.id]);
});

test('staff see where an order has other prices than the catalogue, which is not asked about what it does not know', async () => {
  await sell('mug', 1299, { return_window_days: 14 });
  await sell('tea', 750);
  const items = [
    { product_id: 'mug', unit_price: 0.01, quantity: 1 },
    { product_id: 'tea', unit_price: 7.5, quantity: 1 },
    { product_id: 'bread', unit_price: 3, quantity: 1 },
  ];
  const placed = await api.call('/orders', { as: MEERA, json: { items } });
  assert.is(placed.status, 201);
  assert.is(placed.body.overrides_catalogue, undefined);
  assert.equal(
    placed.body.items.map(({ catalogue_price }) => catalogue_price),
    [null, null, null],
  );
  const { body } = await api.call(`/orders/${placed.body.id}`, { as: ADMIN });
  assert.is(body.overrides_catalogue, true);
  assert.equal(
    body.items.map(({ catalogue_price, return_window_days }) => [catalogue_price, return_window_days]),
    [
      [12.99, 14],
      [null, null],
      [null, null],
    ],
  );
  const put = (unit_price: number, as: typeof MEERA) =>
    api.call(`/orders/${body.id}/items`, {
      method: 'PUT',
      json: { items: [{ product_id: 'mug', unit_price, quantity: 1 }] },
      as,
    });
  assert.is((await put(0.02, MEERA)).status, 200, 'a customer whose price was trusted may change it');
  assert.is((await put(12.99, ADMIN)).body.overrides_catalogue, false);
  assert.is((await put(9, ADMIN)).status, 200);
  assert.is((await put(9, MEERA)).problem.code, 'order.items_priced_by_staff');
});

test.run();
