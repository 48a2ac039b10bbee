import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { importedIds } from '../../../src/imports/orders/history.ts';
import { createWriteOrder, emailTokens } from '../../../src/imports/write.ts';
import { backfillDocuments } from '../../../src/processes/backfilling.ts';
import { ADMIN, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';
import { fixture, orderIn, profileOf, readFixture } from '../../imports/read.ts';

const test = suite('imported orders over HTTP');
let api: TestApi;

test.before(async () => {
  api = await startTestApi();
  const { store, codec } = api.core;
  const drawNumber = (kind: string, at: string, id: string): Promise<string> =>
    Promise.resolve(`${kind === 'order' ? 'ORD' : 'PAY'}-${at.slice(0, 4)}-9${id.slice(0, 4).replaceAll(/\D/g, '0')}`);
  const write = createWriteOrder({ store, codec, drawNumber, emailToken: emailTokens(Buffer.alloc(32)) }, 'shopify');
  const read = await readFixture(fixture('shopify.csv'), profileOf('shopify'));
  for (const number of ['#2001', '#2002', '#2003']) await write(orderIn(read, number), 'run-1');
});
test.after(() => api.close());

const idOf = (number: string): string => importedIds('shopify', number).order_id;
const newest = async () => ({ headers: { 'x-min-position': String(await api.store.head()) } });

test('an order shows whose it was, its number there and the times of then', async () => {
  const { body } = await api.call(`/orders/${idOf('#2001')}`);
  assert.is(body.external_source, 'shopify');
  assert.is(body.external_number, '#2001');
  assert.is(body.created_at, '2026-03-28T22:29:10.000Z');
  assert.is(body.delivered_at, '2026-03-30T07:00:00.000Z');
  assert.equal([body.total, body.payment_status, body.status], [59.38, 'paid', 'delivered']);
  const { body: refunded } = await api.call(`/orders/${idOf('#2002')}`);
  assert.equal([refunded.credited, refunded.amount_due, refunded.refund_status], [20, 0, 'done']);
});

test('it is found by its number there, and stands in the list at its time', async () => {
  for (const q of ['#2002', '2002']) {
    const { body } = await api.call<OrderJson[]>(`/orders/search?q=${encodeURIComponent(q)}`, await newest());
    assert.is(body[0]?.id, idOf('#2002'), q);
  }
  const { body } = await api.call<OrderJson[]>('/orders?limit=10', await newest());
  assert.equal(
    body.map(({ id }) => id),
    ['#2003', '#2002', '#2001'].map(idOf),
  );
});

test('every export of orders and their lines ends with its number there and whose it was', async () => {
  for (const path of [
    '/orders/export?sort=created_at',
    '/exports/orders?format=csv',
    '/exports/order-lines?format=csv',
  ]) {
    const { headers } = await newest();
    const authorization = `Bearer ${await api.token(ADMIN)}`;
    const response = await fetch(`${api.url}/api/v1${path}`, { headers: { ...headers, authorization } });
    const lines = (await response.text()).trimEnd().split('\r\n');
    assert.match(lines[0] ?? '', /,external_number,external_source$/, path);
    assert.match(lines[1] ?? '', /,#2001,shopify$/, path);
  }
});

test('no invoice is made up for it, not even when documents are backfilled', async () => {
  await api.call('/orders', await newest());
  assert.is(await backfillDocuments(api.database.db), 0);
});

test('what is given back of it today, people pay out, and it makes no credit memo', async () => {
  const id = idOf('#2001');
  const { body: order } = await api.call(`/orders/${id}`);
  const { status } = await api.call(`/orders/${id}/refunds`, {
    json: { items: [{ order_item_id: order.items[0]?.id, quantity: 1 }], reason_category: 'goodwill' },
  });
  assert.ok(status < 300, String(status));
  const { body } = await api.call(`/orders/${id}`);
  assert.is(body.credited, 16.35);
  assert.is(body.refunds[0]?.method, 'bank_transfer', 'people pay it out: no gateway has the money');
  assert.equal(body.documents, []);
});

test.run();
