import * as assert from 'uvu/assert';
import { suite } from 'uvu';
import { readOrder } from '../../../src/http/orders/find-order.ts';
import { ADMIN, type Call, MEERA, startTestApi, type TestApi } from '../../support/api.ts';

const test = suite('prices that customers send');
let api: TestApi;

test.before(async () => {
  api = await startTestApi({ projectors: false, customerPrices: 'catalogue' });
});
test.after(() => api.close());
test.before.each(async () => {
  const { db } = api.core;
  await db('local_products').delete();
  await db('local_products').insert({ product_id: 'mug', unit_price: 1299, currency: 'EUR' });
});

const item = (unit_price: number, product_id = 'mug') => ({ product_id, unit_price, quantity: 1 });
const place = (items: readonly object[], call: Call = {}) =>
  api.call('/orders', { as: MEERA, json: { items }, ...call });

test('the catalogue’s price is taken, and its units with it', async () => {
  const { status, body } = await place([item(12.99)]);
  assert.is(status, 201);
  const first = (await (await readOrder(api.core.readStream, body.id))?.events())?.[0]?.fact;
  assert.ok(first?.type === 'OrderPlaced' && first.data.takes_stock === true && first.data.from_cart === undefined);
});

test('any other price, and what the catalogue does not sell, is rejected; the right price is said', async () => {
  const before = await api.countEvents();
  const { status, problem } = await place([item(0.01)]);
  assert.equal([status, problem.code], [422, 'catalogue.price_differs']);
  assert.equal(problem.errors, [{ field: 'items[0].unit_price', message: 'must be 12.99', received: 0.01 }]);
  assert.is((await place([item(12.99), item(1, 'pot')])).problem.code, 'catalogue.not_sold');
  const dollars = await place([], { json: { items: [item(12.99)], currency: 'USD' } });
  assert.match(dollars.problem.detail, /another currency/);
  assert.is(await api.countEvents(), before);
});

test('what a customer calls a product is not on the order, and stock that is short is named', async () => {
  await api.core.db('local_products').update({ name: 'Sticker', sku: 'ST-1', stock: 2 });
  const laptop = { ...item(12.99), product_name: 'MacBook Pro 16', product_sku: 'MBP', product_description: 'new' };
  const { body } = await place([laptop]);
  const [line] = body.items;
  assert.equal([line?.product_name, line?.product_sku, line?.product_description], ['Sticker', 'ST-1', null]);
  const more = await place([{ ...laptop, quantity: 2 }]);
  assert.equal([more.status, more.problem.code], [409, 'stock.insufficient']);
  assert.match(more.problem.detail, /1 of mug left/);
  assert.equal(more.problem.errors[0]?.field, 'items[0].quantity');
  const put = (quantity: number) =>
    api.call(`/orders/${body.id}/items`, { method: 'PUT', json: { items: [{ ...laptop, quantity }] }, as: MEERA });
  assert.is((await put(3)).problem.code, 'stock.insufficient');
  assert.is((await put(2)).body.items[0]?.product_name, 'Sticker');
});

test('the same holds for other items of an order, and not for staff', async () => {
  const { body } = await place([item(12.99)]);
  const path = `/orders/${body.id}/items`;
  const cheap = { method: 'PUT', json: { items: [item(0.01)] } };
  assert.is((await api.call(path, { ...cheap, as: MEERA })).problem.code, 'catalogue.price_differs');
  assert.is((await api.call(path, { ...cheap, as: ADMIN })).status, 200);
  const agreed = await place([], { as: ADMIN, json: { customer_id: 'c-9', items: [item(1, 'anything')] } });
  assert.is(agreed.status, 201);
});

test('a customer changes items at catalogue prices, also paid ones, and never what staff agreed against the catalogue', async () => {
  const put = (id: string, items: readonly object[], as = MEERA) =>
    api.call(`/orders/${id}/items`, { method: 'PUT', json: { items }, as });
  const two = [{ ...item(12.99), quantity: 2 }];
  const asListed = (await place([], { as: ADMIN, json: { customer_id: 'c-1', items: [item(12.99)] } })).body;
  assert.is((await put(asListed.id, two)).status, 200, 'staff who take the catalogue’s price agreed on nothing');
  const agreed = (await place([], { as: ADMIN, json: { customer_id: 'c-1', items: [item(9)] } })).body;
  assert.is((await put(agreed.id, two)).problem.code, 'order.items_priced_by_staff');
  const own = (await place([item(12.99)])).body;
  assert.is((await put(own.id, [item(9)], ADMIN)).status, 200);
  assert.is((await put(own.id, two)).problem.code, 'order.items_priced_by_staff');
  assert.is((await put(own.id, [item(12.99)], ADMIN)).status, 200);
  assert.is((await put(own.id, two)).status, 200, 'staff gave the catalogue’s price back');
});

test('an order keeps the terms of return under which its items were ordered', async () => {
  const { db } = api.core;
  await db('local_products').update({ returnable: false, return_window_days: 7 });
  const ordered = [
    (await place([item(12.99)])).body,
    (await place([], { as: ADMIN, json: { customer_id: 'c-1', items: [item(5)] } })).body,
  ];
  await db('local_products').update({ returnable: true, return_window_days: null });
  for (const order of ordered) {
    const json = { items: [item(12.99), { ...item(12.99), quantity: 2 }] };
    const { body } = await api.call(`/orders/${order.id}/items`, { method: 'PUT', json, as: ADMIN });
    assert.equal(
      body.items.map(({ returnable, return_window_days }) => [returnable, return_window_days]),
      [
        [false, 7],
        [true, null],
      ],
    );
    for (const action of ['confirm', 'start_processing', 'ship', 'deliver'])
      await api.call(`/orders/${order.id}/state`, { json: { action }, as: ADMIN });
    const items = body.items.map(({ id }) => ({ order_item_id: id, quantity: 1 }));
    const back = (more: object, as = MEERA) =>
      api.call('/returns', { json: { order_id: order.id, reason: 'other', ...more }, as });
    const kept = await back({ items });
    assert.equal([kept.status, kept.problem.code], [409, 'return.item_not_returnable']);
    assert.is((await back({ items: items.slice(1) })).status, 201);
    assert.is((await back({ items: items.slice(0, 1), force: true }, ADMIN)).status, 201);
  }
});

test('an empty catalogue is none: prices are believed', async () => {
  await api.core.db('local_products').delete();
  assert.is((await place([item(0.01)])).status, 201);
});

test('a key answers the same order when the price has changed since', async () => {
  const keyed = { headers: { 'idempotency-key': 'k-1' } };
  const first = await place([item(12.99)], keyed);
  await api.core.db('local_products').update({ unit_price: 1500 });
  await api.core.db('idempotency_keys').delete(); // the process died before it wrote down what it answered
  const again = await place([item(12.99)], keyed);
  assert.equal([again.status, again.body.id], [201, first.body.id]);
});

test.run();
