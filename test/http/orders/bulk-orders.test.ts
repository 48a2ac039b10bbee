import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StoreUnavailable, type EventStore } from '../../../src/event-store/port.ts';
import { anOrder, COURIER, startTestApi, type OrderJson, type ProblemJson, type TestApi } from '../../support/api.ts';
import { placeOrder } from '../../support/core.ts';

const bulk = suite('many orders at once');
let api: TestApi;

type Result = {
  readonly id: string;
  readonly ok: boolean;
  readonly status?: string;
  readonly problem?: ProblemJson;
};
type Results = { readonly results: readonly Result[] };

/** How many more appends the store takes before it is gone; endless unless a test says so. */
let appendsLeft = Infinity;

const mortal = (store: EventStore): EventStore => ({
  ...store,
  append: (...args) => (appendsLeft-- > 0 ? store.append(...args) : Promise.reject(new StoreUnavailable('gone'))),
});

bulk.before(async () => {
  api = await startTestApi({ wrapStore: mortal });
});
bulk.after(() => api.close());

const placeMany = (count: number): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: count }, () => placeOrder(api.core)));

const move = (order_ids: readonly unknown[], status: string, key?: string) =>
  api.call<Results>('/orders/bulk-status-update', {
    method: 'PUT',
    json: { order_ids, status },
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  });

const assign = (order_ids: readonly string[], delivery_partner_id: string) =>
  api.call<Results>('/orders/bulk-assign-delivery', { json: { order_ids, delivery_partner_id } });

const eventsOf = async (id: string): Promise<readonly string[]> =>
  (await api.store.readStream(`order-${id}`)).map(({ type }) => type);

bulk('each is moved for itself, in the order sent; a bad one fails alone and says why', async () => {
  const [first = '', second = ''] = await placeMany(2);
  const { order_number } = (await api.call(`/orders/${second}`)).body;
  await api.call(`/orders/${first}/cancel`, { method: 'POST' });
  const unknown = randomUUID();
  const { status, headers, body } = await move([first, order_number, unknown, 'ORD-2026-999999', 'x y'], 'CONFIRMED');
  assert.is(status, 200);
  assert.equal(
    body.results.map(({ id, ok, status: now, problem }) => [id, ok, now ?? problem?.code]),
    [
      [first, false, 'order.invalid_transition'],
      [order_number, true, 'confirmed'],
      [unknown, false, 'order.not_found'],
      ['ORD-2026-999999', false, 'resource.not_found'],
      ['x y', false, 'resource.not_found'],
    ],
  );
  assert.equal(body.results[0]?.problem?.current_status, 'cancelled');
  const listed = await api.call<readonly OrderJson[]>('/orders?status=confirmed', {
    headers: { 'X-Min-Position': headers.get('x-event-position') ?? '' },
  });
  assert.equal(
    listed.body.map(({ id }) => id),
    [second],
  );
});

bulk('many are assigned to a courier, whose queue they then are', async () => {
  const ids = await placeMany(12);
  const { body, headers } = await assign([...ids, 'nobody’s'], 'courier-7');
  assert.is(body.results.filter(({ ok }) => ok).length, 12);
  const queue = await api.call<readonly OrderJson[]>('/orders?delivery_partner_id=me', {
    as: COURIER,
    headers: { 'X-Min-Position': headers.get('x-event-position') ?? '' },
  });
  assert.equal(queue.body.map(({ id }) => id).sort(), [...ids].sort());
});

bulk('an order that is named twice is moved once, and both names say so', async () => {
  const [id = ''] = await placeMany(1);
  const { order_number } = (await api.call(`/orders/${id}`)).body;
  const { body } = await move([id, order_number, id], 'confirmed');
  assert.equal(
    body.results.map(({ ok, status }) => [ok, status]),
    Array(3).fill([true, 'confirmed']),
  );
  assert.equal(await eventsOf(id), ['OrderPlaced', 'OrderConfirmed']);
});

bulk('a repeated request gets the same results, whatever has happened since', async () => {
  const ids = await placeMany(2);
  const key = randomUUID();
  const first = await move([...ids, 'unknown'], 'confirmed', key);
  await api.call(`/orders/${ids[0]}/cancel`, { method: 'POST' });
  const again = await move([...ids, 'unknown'], 'confirmed', key);
  assert.equal(again.body, first.body);
  assert.equal(
    [again.headers.get('idempotency-replayed'), again.headers.get('x-event-position')],
    ['true', first.headers.get('x-event-position')],
  );
  assert.is((await move(ids, 'confirmed', key)).problem.code, 'idempotency.key_reused');
});

bulk('two at once with one key do it once', async () => {
  const ids = await placeMany(20);
  const key = randomUUID();
  const [one, two] = await Promise.all([move(ids, 'confirmed', key), move(ids, 'confirmed', key)]);
  assert.equal(one.body, two.body);
  for (const id of ids) assert.is((await eventsOf(id)).length, 2);
});

bulk('cut off half way, the repeated request does what is left, and nothing twice', async () => {
  const ids = await placeMany(30);
  const key = randomUUID();
  appendsLeft = 11;
  const broken = await move(ids, 'confirmed', key);
  assert.equal([broken.status, broken.problem.code], [503, 'service.unavailable']);
  appendsLeft = Infinity;
  const moved = await Promise.all(ids.map(eventsOf));
  assert.is(moved.filter(({ length }) => length === 2).length, 11);

  const { status, body } = await move(ids, 'confirmed', key);
  assert.is(status, 200);
  assert.equal(
    body.results,
    ids.map((id) => ({ id, ok: true, status: 'confirmed' })),
  );
  for (const id of ids) assert.equal(await eventsOf(id), ['OrderPlaced', 'OrderConfirmed']);
});

bulk('a thousand are taken, one more is rejected, and so is what is no list of ids', async () => {
  const ids = Array.from({ length: 1_000 }, (_, n) => `ORD-2026-1${String(n).padStart(5, '0')}`);
  const { status, body } = await move(ids, 'confirmed');
  assert.equal([status, body.results.length, body.results.some(({ ok }) => ok)], [200, 1_000, false]);
  for (const [order_ids, field] of [
    [[...ids, 'one-more'], 'order_ids'],
    [[], 'order_ids'],
    [[''], 'order_ids[0]'],
    [[7], 'order_ids[0]'],
  ] as const) {
    const { status: rejected, problem } = await move(order_ids, 'confirmed');
    assert.equal([rejected, problem.errors[0]?.field], [422, field]);
  }
  assert.is((await move(['x'], 'teleported')).problem.errors[0]?.field, 'status');
});

bulk('a courier may move what is assigned to them, out and to the door, and nothing else', async () => {
  const { body: order } = await api.call('/orders', { json: anOrder({ shipping_address: 'Ermou 1', notes: 'Ring' }) });
  const path = `/orders/${order.id}/status`;
  const to = (status: string, as = COURIER) => api.call(path, { method: 'PUT', json: { status }, as });
  assert.is((await to('out_for_delivery')).status, 404);
  await assign([order.id], 'courier-7');
  await move([order.id], 'confirmed');
  assert.is((await to('processing')).problem.code, 'order.action_not_permitted');
  await move([order.id], 'processing');
  const { body: seen } = await api.call(`/orders/${order.id}`, { as: COURIER });
  assert.equal([seen.shipping_address, seen.notes, seen.items[0]?.quantity], ['Ermou 1', 'Ring', 2]);
  assert.equal(seen.allowed_actions, ['out_for_delivery']);
  assert.is((await to('out_for_delivery')).status, 200);
  await assign([order.id], 'courier-8');
  assert.is((await to('delivered')).status, 404);
  assert.is((await to('delivered', { role: 'delivery_partner', sub: 'courier-8' })).body.status, 'delivered');
  const [late] = (await assign([order.id], 'courier-7')).body.results;
  assert.is(late?.problem?.code, 'order.assignment_locked');
});

bulk.run();
