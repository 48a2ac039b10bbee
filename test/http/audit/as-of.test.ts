import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMIN, AUDITOR, MEERA, OTHER, startTestApi, type OrderJson, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import {
  deliveredOrder,
  moveOrder,
  moveReturn,
  pay,
  placeOrder,
  TO_RECEIVED,
  type PaymentJson,
  type ReturnJson,
} from '../../support/money-over-http.ts';

const test = suite('resources as of then');
let api: TestApi;

test.before(async () => {
  api = await startTestApi();
  await api.startWorker();
});
test.after(() => api.close());

type Past<T> = T & { readonly as_of: { readonly revision: string; readonly at: string } };
type Event = { readonly type: string; readonly revision: string };

const asOf = <T = OrderJson>(path: string, text: string, as = ADMIN) =>
  api.call<Past<T>>(`${path}?as_of=${encodeURIComponent(text)}`, { as });

/** The moment after everything that has happened so far. */
const now = async (): Promise<string> => {
  const at = new Date().toISOString();
  await eventually('the next millisecond', () => new Date().toISOString() > at, { every: 1 });
  return at;
};

test('an order is shown as it was, at a revision or a moment, and says which', async () => {
  const { id, created_at } = await placeOrder(api);
  const { as_of: _, ...placed } = (await asOf(`/orders/${id}`, '0')).body;
  const before = await now();
  await moveOrder(api, id, ['confirm']);
  const past = await asOf(`/orders/${id}`, before, AUDITOR);
  const { as_of, ...then } = past.body;
  assert.equal([as_of, then.status], [{ revision: '0', at: before }, 'pending']);
  assert.equal(then, { ...placed, allowed_actions: [] }, 'an auditor may do nothing');
  assert.is(past.headers.get('etag'), '"0"');
  const confirmed = (await asOf(`/orders/${id}`, '1')).body;
  assert.equal([confirmed.status, confirmed.as_of.revision], ['confirmed', '1']);
  assert.is((await asOf(`/orders/${id}`, created_at)).body.as_of.at, created_at);
});

test('a past before the first event, a revision in the future and an invalid moment are told apart', async () => {
  const { id } = await placeOrder(api);
  const codeOf = async (text: string) => {
    const { status, problem } = await asOf(`/orders/${id}`, text);
    return [status, problem.code];
  };
  assert.equal(await codeOf('2020-01-01T00:00:00Z'), [404, 'as_of.before_creation']);
  assert.equal(await codeOf('2020-01-01'), [404, 'as_of.before_creation']);
  assert.equal(await codeOf('1'), [404, 'as_of.beyond_head']);
  assert.equal(await codeOf('9999-01-01T00:00:00Z'), [404, 'as_of.beyond_head']);
  for (const text of ['yesterday', '1.5', '-1', new Date().toISOString().slice(0, 10)])
    assert.equal(await codeOf(text), [422, 'request.invalid'], text);
});

test('those who may see a resource may see its past, and no others', async () => {
  const { id } = await placeOrder(api);
  const { id: payment } = await pay(api, id);
  for (const path of [`/orders/${id}`, `/payments/${payment}`]) {
    assert.is((await asOf(path, '0', MEERA)).status, 200);
    assert.is((await asOf(path, '0', OTHER)).status, 404);
  }
});

test('returns, payments and documents are shown as of the same moment', async () => {
  const order = await deliveredOrder(api);
  const payment = await pay(api, order.id);
  const documented = async () => (await api.call(`/orders/${order.id}`)).body.documents[0]?.status === 'ready';
  await eventually('the invoice', documented);
  const delivered = await now();
  const { body: opened } = await api.call<ReturnJson>(`/orders/${order.id}/return`, { method: 'POST' });
  const open = await now();
  await moveReturn(api, opened.id, [...TO_RECEIVED, 'process']);
  const done = async () => (await api.call<ReturnJson>(`/returns/${opened.id}`)).body.refund_status === 'completed';
  await eventually('the refund', done);

  const then = (await asOf(`/orders/${order.id}`, delivered)).body;
  assert.equal([then.status, then.returns, then.refunds], ['delivered', [], []]);
  assert.equal([then.documents.length, then.documents[0]?.status], [1, 'ready']);
  const shipped = (await asOf(`/orders/${order.id}`, order.shipped_at ?? '')).body;
  assert.equal([shipped.payments, shipped.documents.map(({ type }) => type)], [[], ['invoice']]);

  const one = (await asOf<ReturnJson>(`/returns/${opened.id}`, open)).body;
  assert.equal([one.status, one.refunded_amount, one.refund_status], ['initiated', 0, null]);
  const { body: events } = await api.call<readonly Event[]>(`/returns/${opened.id}/events`);
  const settled = events.find(({ type }) => type === 'ReturnProcessed');
  assert.is((await asOf<ReturnJson>(`/returns/${opened.id}`, settled?.revision ?? '')).body.status, 'processed');
  assert.is((await asOf<ReturnJson>(`/returns/${opened.id}`, delivered)).problem.code, 'as_of.before_creation');

  const paid = (await asOf<PaymentJson>(`/payments/${payment.id}`, open)).body;
  assert.equal([paid.status, paid.refunded_amount, paid.refunds], ['completed', 0, []]);
  assert.is((await api.call<PaymentJson>(`/payments/${payment.id}`)).body.refunded_amount, one.refund_amount);
});

test('a return and a payment are shown at every revision, by number and by time, and at no other', async () => {
  const order = await deliveredOrder(api);
  const { id: payment } = await pay(api, order.id);
  const { body: opened } = await api.call<ReturnJson>(`/orders/${order.id}/return`, { method: 'POST' });
  await moveReturn(api, opened.id, [...TO_RECEIVED, 'process']);
  await eventually(
    'the refund',
    async () => (await api.call<ReturnJson>(`/returns/${opened.id}`)).body.status === 'refunded',
  );
  type Shown = { readonly status: string; readonly refunded_amount: number };
  for (const [path, first] of [
    [`/returns/${opened.id}`, 'initiated'],
    [`/payments/${payment}`, 'pending'],
  ] as const) {
    const { headers, body: present } = await api.call<Shown>(path);
    const newest = Number(/\d+/.exec(headers.get('etag') ?? '')?.[0]);
    assert.ok(newest > 1, path);
    const statuses: string[] = [];
    for (let revision = 0; revision <= newest; revision++) {
      const { as_of, ...at } = (await asOf<Shown>(path, String(revision))).body;
      assert.is(as_of.revision, String(revision));
      const { as_of: moment, ...then } = (await asOf<Shown>(path, as_of.at)).body;
      assert.ok(Number(moment.revision) >= revision, 'of events at one moment the last is shown');
      if (moment.revision === as_of.revision) assert.equal(then, at);
      statuses.push(at.status);
      if (revision === newest) assert.equal([at.status, at.refunded_amount], [present.status, present.refunded_amount]);
    }
    assert.is(statuses[0], first);
    for (const [text, code] of [
      [String(newest + 1), 'as_of.beyond_head'],
      ['9999-01-01T00:00:00Z', 'as_of.beyond_head'],
      ['2020-01-01T00:00:00Z', 'as_of.before_creation'],
      ['2020-01-01', 'as_of.before_creation'],
    ] as const) {
      const { status, problem } = await asOf(path, text);
      assert.equal([status, problem.code], [404, code], `${path} ${text}`);
    }
  }
});

test('a moment shows the state at a revision, for every event', async () => {
  const order = await deliveredOrder(api);
  const { body: events } = await api.call<readonly Event[]>(`/orders/${order.id}/events`);
  for (const { revision } of events) {
    const { as_of, ...at } = (await asOf(`/orders/${order.id}`, revision)).body;
    const { as_of: moment, ...then } = (await asOf(`/orders/${order.id}`, as_of.at)).body;
    assert.ok(BigInt(moment.revision) >= BigInt(revision), 'of events at one moment the last is shown');
    if (moment.revision === revision) assert.equal({ ...then, documents: [] }, { ...at, documents: [] });
  }
});

test.run();
