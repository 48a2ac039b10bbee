import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDeliveryPositions } from '../../../src/delivery/positions.ts';
import { deleteOldPositions } from '../../../src/processes/upkeep.ts';
import { ADMIN, anOrder, AUDITOR, COURIER, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';
import { shipOrder, takeActions } from '../../support/core.ts';
import { byAdmin } from '../../support/payments.ts';
import { runJob } from '../../support/worker-deps.ts';

const delivery = suite('where a delivery is');
const RATE = 20;
let api: TestApi;

type Location = { readonly latitude: number; readonly longitude: number; readonly last_updated: string };

delivery.before(async () => {
  api = await startTestApi({ projectors: false, options: { positionsPerMinute: RATE } });
});
delivery.after(() => api.close());

const assignTo = (id: string, delivery_partner_id: string) =>
  api.core.orders.assignDeliveryPartner({ ...byAdmin(), id }, { delivery_partner_id });

const shipWith = async (courier = 'courier-7'): Promise<string> => {
  const id = await shipOrder(api.core);
  await assignTo(id, courier);
  return id;
};

const report = (id: string, json: unknown, as = COURIER, headers = {}) =>
  api.call<Location>(`/orders/${id}/delivery-location`, { method: 'PUT', json, as, headers });
const look = (id: string, as = ADMIN) => api.call<Location>(`/orders/${id}/delivery-location`, { as });

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();
const here = { latitude: 37.97, longitude: 23.73 };

delivery('its courier says where they are, and its customer sees it', async () => {
  const id = await shipWith();
  assert.is((await look(id)).status, 404);
  const reported_at = ago(5);
  const { status, body } = await report(id, { ...here, reported_at });
  assert.equal([status, body], [200, { ...here, last_updated: reported_at }]);
  const { order_number } = (await api.call(`/orders/${id}`)).body;
  for (const [name, as] of [
    [id, ADMIN],
    [order_number, MEERA],
    [id, COURIER],
  ] as const)
    assert.equal((await look(name, as)).body, body);
  const justNow = (await report(id, { latitude: -90, longitude: 180 })).body;
  assert.ok(justNow.last_updated > reported_at);
  assert.equal((await look(id)).body, justNow);
});

delivery('only the courier reports it, and only the parties of the order see it', async () => {
  const id = await shipWith();
  await report(id, here);
  assert.is((await look(id, OTHER)).status, 404);
  assert.is((await look(id, AUDITOR)).status, 403);
  const otherCourier = { role: 'delivery_partner', sub: 'courier-8' } as const;
  assert.is((await look(id, otherCourier)).status, 404);
  assert.is((await report(id, here, otherCourier)).status, 404);
  for (const as of [ADMIN, MEERA]) assert.is((await report(id, here, as)).status, 403);
  await assignTo(id, 'courier-8');
  assert.is((await report(id, here)).status, 404);
  assert.is((await report(id, here, otherCourier)).status, 200);
});

delivery('only while the order is in delivery', async () => {
  const { body: order } = await api.call('/orders', { json: anOrder() });
  await assignTo(order.id, 'courier-7');
  const early = await report(order.id, here);
  assert.equal([early.status, early.problem.code], [409, 'order.not_under_way']);
  await takeActions(api.core, order.id, ['confirm', 'start_processing', 'out_for_delivery']);
  assert.is((await report(order.id, here)).status, 200);
  await takeActions(api.core, order.id, ['deliver']);
  assert.is((await report(order.id, here)).status, 404, 'a delivered order is no longer the courier’s');
});

delivery('what is no place on earth, or in the future, is rejected', async () => {
  const id = await shipWith();
  for (const [json, field] of [
    [{ ...here, latitude: 90.01 }, 'latitude'],
    [{ ...here, latitude: -91 }, 'latitude'],
    [{ ...here, longitude: 180.5 }, 'longitude'],
    [{ ...here, longitude: '23.7' }, 'longitude'],
    [{ latitude: 1 }, 'longitude'],
    [{ ...here, reported_at: ago(-300) }, 'reported_at'],
    [{ ...here, reported_at: 'now' }, 'reported_at'],
    [{ ...here, reported_at: '0001-01-01T00:00:00Z' }, 'reported_at'],
    [{ ...here, speed: 3 }, 'speed'],
  ] as const) {
    const { status, problem } = await report(id, json);
    assert.equal([status, problem.errors[0]?.field], [422, field]);
  }
  assert.is((await look(id)).status, 404);
});

delivery('a position that comes late, or twice, changes nothing and answers the newest', async () => {
  const id = await shipWith();
  const newest = (await report(id, { ...here, reported_at: ago(10) })).body;
  assert.equal((await report(id, { latitude: 1, longitude: 1, reported_at: ago(20) })).body, newest);
  assert.equal((await report(id, { latitude: 2, longitude: 2, reported_at: newest.last_updated })).body, newest);
  const many = Array.from({ length: 8 }, (_, n) => ({ latitude: n, longitude: n, reported_at: ago(9 - n) }));
  await Promise.all(many.map((json) => report(id, json)));
  assert.is((await look(id)).body.latitude, 7, 'the newest of those that came at once');
  const trail = await openDeliveryPositions(api.core.db, api.core.dataKeys).since([{ order_id: id, n: 0 }], 100);
  const times = trail.map(({ at }) => at);
  assert.equal(times, [...times].sort(), 'a live stream never goes back in time');
});

delivery('repeated with its key it is answered as a repeat', async () => {
  const id = await shipWith();
  const headers = { 'Idempotency-Key': randomUUID() };
  const first = await report(id, here, COURIER, headers);
  const again = await report(id, here, COURIER, headers);
  assert.equal([again.headers.get('idempotency-replayed'), again.body], ['true', first.body]);
});

delivery('too many a minute are rejected, of one courier for one order', async () => {
  const id = await shipWith();
  for (let n = 0; n < RATE; n++) assert.is((await report(id, here)).status, 200);
  const { status, headers } = await report(id, here);
  assert.is(status, 429);
  assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  assert.is((await report(await shipWith(), here)).status, 200);
});

delivery('when it is expected follows from where its courier was seen', async () => {
  const { body: order } = await api.call('/orders', {
    json: anOrder({ delivery_latitude: 37.9755, delivery_longitude: 23.7348 }),
  });
  const expected = async () =>
    (await api.call(`/orders/${order.id}`, { as: MEERA })).body.delivery.estimated_delivery_at;
  const promised = new Date(Date.parse(order.created_at) + 30 * 60_000).toISOString();
  await assignTo(order.id, 'courier-7');
  await takeActions(api.core, order.id, ['confirm', 'start_processing', 'out_for_delivery']);
  assert.is(await expected(), promised);
  await report(order.id, { latitude: 37.9955, longitude: 23.7348, reported_at: '2026-03-01T12:00:00Z' });
  assert.is(await expected(), '2026-03-01T12:09:00.000Z');
  const before = await api.call(`/orders/${order.id}?as_of=3`);
  assert.is(before.body.delivery.estimated_delivery_at, promised, 'as it was told then');
});

delivery('a day later it is forgotten, and the next position still counts as later', async () => {
  const id = await shipWith();
  const positions = openDeliveryPositions(api.core.db, api.core.dataKeys);
  const seen = { order_id: id, courier_id: 'courier-7', ...here };
  const old = await positions.report({ ...seen, at: ago(25 * 3_600) });
  await runJob(deleteOldPositions, {}, { deletePositions: positions.deleteOlderThan });
  assert.is((await look(id)).status, 404);
  assert.equal(await positions.since([{ order_id: id, n: 0 }], 10), []);
  const fresh = await positions.report({ ...seen, at: ago(1) });
  assert.ok(fresh.n > old.n);
  await positions.deleteOlderThan(24);
  assert.is((await look(id)).status, 200);
});

delivery.run();
