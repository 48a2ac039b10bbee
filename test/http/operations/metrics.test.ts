import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDatabase } from '../../../src/platform/database.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { placeOrder } from '../../support/core.ts';
import { decideOnOrder, failRefunds } from '../../support/decide-on-order.ts';
import { recordCapture, refundByHand, startPayment } from '../../support/order-money.ts';

const P1 = '0193a000-0000-7000-8000-0000000000d1';
const test = suite<{ api: TestApi }>('metrics and whole addresses');
const TOKEN = 'scrape-me';
type Ready = { readonly status: string; readonly parts: readonly { readonly name: string; readonly state: string }[] };

test.before(async (state) => {
  state.api = await startTestApi({ options: { metricsToken: TOKEN, requireFullAddress: true } });
});
test.after(({ api }) => api.close());

const item = { product_id: 'P-1', quantity: 1, unit_price: 10 };
const whole = {
  recipient_name: 'Ada',
  street: '1 Main Street',
  city: 'Springfield',
  state: 'IL',
  zip: '62701',
  country: 'US',
  phone: '+1 217 555 0100',
};

test('metrics need their token, and then tell of requests, read models and jobs', async ({ api }) => {
  const { status } = await api.call('//metrics', { as: null, unchecked: true });
  assert.is(status, 401);
  await api.call('/orders?limit=1');
  const headers = { authorization: `Bearer ${TOKEN}` };
  const { text } = await api.call('//metrics', { as: null, headers, unchecked: true });
  assert.match(text, /waybill_http_request_seconds_count\{method="GET",route="listOrders",status="200"\} \d/);
  assert.match(text, /waybill_projection_lag_events\{projection="order_list"\} \d/);
  assert.match(text, /waybill_jobs\{state="failed"\} 0/);
});

test('a refund that failed is seen in metrics and health, and the server stays ready', async ({ api }) => {
  const id = await placeOrder(api.core);
  await decideOnOrder(api.core, id, startPayment(P1, 3_358), recordCapture(P1, 3_358), refundByHand(P1));
  const seen = async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const { text } = await api.call('//metrics', { as: null, headers, unchecked: true });
    const { status, body } = await api.call<Ready>('//health/ready', { as: null });
    assert.equal([status, body.status], [200, 'ready']);
    const need = (name: string) =>
      new RegExp(`waybill_orders_waiting_for_staff\\{need="${name}"\\} (\\d)`).exec(text)?.[1];
    return [need('resolution'), need('payout'), body.parts.find(({ name }) => name === 'refunds')?.state];
  };
  assert.equal(await seen(), ['0', '0', 'up']);
  const position = await failRefunds(api.core, id);
  await api.call('/orders', { headers: { 'x-min-position': String(position) } });
  assert.equal(await seen(), ['1', '0', 'behind']);
});

test('every metric is named as Prometheus asks (the rules of promtool check metrics)', async ({ api }) => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const { text } = await api.call('//metrics', { as: null, headers, unchecked: true });
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
  assert.ok(types.length > 20);
  for (const { name, type } of types) {
    assert.match(text, new RegExp(`^# HELP ${name} \\S`, 'm'));
    assert.is(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
    if (type === 'gauge' || type === 'counter') assert.not.match(name, /_(count|sum|bucket)$/);
    assert.match(name, /^[a-z][a-z0-9_]*$/);
    assert.not.match(name, /(^|_)(gauge|counter|histogram|summary)(_|$)/);
    assert.not.match(name, /_(ms|milliseconds|minutes|hours|days|kilobytes|megabytes|percent|kb|mb|s)(_|$)/);
  }
});

type Parts = { readonly parts: readonly { name: string; state: string; reason?: string; lag?: { events: number } }[] };
const ready = (api: TestApi) => api.call<Parts>('//health/ready', { as: null, unchecked: true });
const partOf = ({ text }: { readonly text: string }, name: string) =>
  (JSON.parse(text) as Parts).parts.find((part) => part.name === name);

test('how far messages are behind is seen in events and seconds, and passes nothing of no interest', async ({
  api,
}) => {
  const { db, store } = api.core;
  await db('message_checkpoint').update({ position: String(await store.head()) });
  assert.is(partOf(await ready(api), 'messages')?.state, 'up');
  const id = await placeOrder(api.core);
  const noted = await api.call(`/orders/${id}/notes`, { json: { text: 'no message follows from a note' } });
  assert.is(noted.status, 201);
  const part = partOf(await ready(api), 'messages');
  assert.equal([part?.state, part?.lag?.events], ['behind', 1]);
  const { text } = await api.call('//metrics', {
    headers: { authorization: `Bearer ${TOKEN}` },
    as: null,
    unchecked: true,
  });
  assert.match(text, /^waybill_message_lag_events 1$/m);
  assert.match(text, /^waybill_message_lag_seconds \d/m);
});

test('a database that answers and takes no writes makes the server unready', async ({ api }) => {
  const { db } = api.core;
  const database = new URL(api.database.url).pathname.slice(1);
  const disconnectAll = () =>
    db.raw(`select pg_terminate_backend(pid) from pg_stat_activity where datname = ? and pid <> pg_backend_pid()`, [
      database,
    ]);
  for (const trouble of ['temp_file_limit = 0', 'default_transaction_read_only = on']) {
    await db.raw(`alter database ${database} set ${trouble}`);
    await disconnectAll();
    const part = await eventually(`it shows: ${trouble}`, async () => {
      const answer = await ready(api);
      const found = partOf(answer, 'database');
      return answer.status === 503 && found?.reason === 'takes no writes' && found;
    });
    assert.is(part.state, 'down');
    const placed = await api.call('/orders', { json: { customer_id: 'c-1', items: [item], shipping_address: whole } });
    const isReadOnly = trouble.startsWith('default_transaction_read_only');
    if (isReadOnly) assert.equal([placed.status, placed.headers.get('retry-after')], [503, '2']);
    const own = openDatabase({ url: api.database.url, poolSize: 1 });
    await own.raw('set default_transaction_read_only = off');
    await own.raw(`alter database ${database} reset all`);
    await own.destroy();
    await disconnectAll().catch(() => undefined);
    await eventually('it is ready again', async () => (await ready(api)).status === 200);
  }
});

test('a shop that wants whole addresses says which parts are missing', async ({ api }) => {
  const place = (shipping_address: unknown) =>
    api.call('/orders', { method: 'POST', json: { customer_id: 'c-1', items: [item], shipping_address } });
  const before = await api.countEvents();
  const { status, problem } = await place({ street: '1 Main Street', city: ' ' });
  assert.is(status, 422);
  assert.equal(
    problem.errors.map(({ field }) => field),
    ['recipient_name', 'city', 'state', 'zip_code', 'country', 'phone'].map((part) => `shipping_address.${part}`),
  );
  assert.is((await place('1 Main Street, Springfield')).status, 422);
  assert.is(await api.countEvents(), before);
  assert.is((await place(whole)).status, 201);
});

test.run();
