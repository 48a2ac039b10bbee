import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EventStore } from '../../../src/event-store/port.ts';
import { ADMIN, anOrder, AUDITOR, COURIER, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';
import { newLine, placeOrder } from '../../support/core.ts';
import { eventually } from '../../support/eventually.ts';
import { follow, type TrackingEvent } from '../../support/follow.ts';
import { byAdmin } from '../../support/payments.ts';
import { readOrder } from '../../support/reconcile.ts';

const tracking = suite('following an order live');
const SOON = { positionsEveryMs: 20 };
const stopping = new AbortController();

/** Two processes of the API over one database; the second one has few places and a quick heart. */
let api: TestApi;
let second: TestApi;

/** Subscriptions of the first one: how many were ever made, and how many live. */
const subscriptions = { made: 0, live: 0 };
/** What happens while a follower connects: before the subscription begins, and right after the last read. */
let isBroken = false;
let isOverloaded = false;
let meanwhile: { readonly subscribing?: () => Promise<void>; readonly hasRead?: () => Promise<void> } = {};

const watched = (store: EventStore): EventStore => ({
  ...store,
  head: async () => {
    await meanwhile.subscribing?.();
    return store.head();
  },
  readStream: async (name, range) => {
    const events = await store.readStream(name, range);
    if (range?.from !== undefined) await meanwhile.hasRead?.();
    return events;
  },
  subscribe: async function* (options) {
    subscriptions.made += 1;
    subscriptions.live += 1;
    try {
      for await (const batch of store.subscribe(options)) {
        if (isBroken) throw new Error('an event that cannot be read');
        yield batch;
      }
    } finally {
      subscriptions.live -= 1;
    }
  },
});

tracking.before(async () => {
  api = await startTestApi({ projectors: false, wrapStore: watched, options: { tracking: SOON } });
  second = await startTestApi({
    projectors: false,
    beside: api,
    options: {
      maxStreams: 3,
      signal: stopping.signal,
      isOverloaded: () => isOverloaded,
      kernel: { timeLimitMs: 150 },
      tracking: { ...SOON, heartbeatMs: 40 },
    },
  });
});
tracking.after(async () => {
  await second.close();
  await api.close();
});

const assignTo = (id: string, delivery_partner_id: string) =>
  api.core.orders.assignDeliveryPartner({ ...byAdmin(), id }, { delivery_partner_id });

const act = async (id: string, ...actions: readonly string[]): Promise<void> => {
  for (const action of actions)
    assert.is((await api.call(`/orders/${id}/state`, { json: { action } })).status, 200, action);
};

const report = (id: string, latitude: number, reported_at?: string) =>
  api.call(`/orders/${id}/delivery-location`, {
    method: 'PUT',
    as: COURIER,
    json: { latitude, longitude: 23.7348, ...(reported_at !== undefined && { reported_at }) },
  });

/** An order to Syntagma square, brought by courier-7. */
const placeForSyntagma = async (): Promise<string> => {
  const { body } = await api.call('/orders', {
    json: anOrder({ delivery_latitude: 37.9755, delivery_longitude: 23.7348 }),
  });
  await assignTo(body.id, 'courier-7');
  return body.id;
};

const asRows = (events: readonly TrackingEvent[]): readonly unknown[] =>
  events.map(({ event, data }) => [event, data['status'] ?? data['latitude'] ?? data['estimated_delivery_at']]);

tracking('the present status comes first, then all that happens, from any process, until it is delivered', async () => {
  const id = await placeForSyntagma();
  const order = (await api.call(`/orders/${id}`)).body;
  const stream = await follow(second, order.order_number);
  assert.is(stream.status, 200);
  await stream.until(2);
  await act(id, 'confirm', 'start_processing', 'out_for_delivery');
  await stream.until(5);
  await report(id, 37.9955, '2026-03-01T12:00:00Z');
  await stream.until(7);
  await report(id, 37.9855, '2026-03-01T12:05:00Z');
  await report(id, 37.9765, '2026-03-01T12:09:00Z');
  await act(id, 'deliver');
  const events = await stream.until();
  const promised = new Date(Date.parse(order.created_at) + 30 * 60_000).toISOString();
  assert.equal(asRows(events), [
    ['status', 'pending'],
    ['eta', promised],
    ['status', 'confirmed'],
    ['status', 'processing'],
    ['status', 'out_for_delivery'],
    ['position', 37.9955],
    ['eta', '2026-03-01T12:09:00.000Z'],
    ['position', 37.9855],
    ['eta', '2026-03-01T12:10:00.000Z'],
    ['position', 37.9765],
    ['status', 'delivered'],
  ]);
  assert.equal(events[0]?.data, { status: 'pending', at: order.created_at });
  assert.equal(events[5]?.data, { latitude: 37.9955, longitude: 23.7348, last_updated: '2026-03-01T12:00:00.000Z' });
  assert.is(new Set(events.map(({ id: own }) => own)).size, events.length, 'every event has an id of its own');
  assert.ok(stream.hasEnded());

  const last = await follow(api, id, { after: events.at(-1)?.id ?? '' });
  assert.is(last.status, 204, 'where nothing is left to send, the client is not to come back');
  for (const [n, { id: after }] of events.slice(0, -1).entries()) {
    const rest = await (await follow(api, id, { after })).until();
    assert.equal(rest, events.slice(n + 1), `after the ${n + 1}th event nothing is missed and nothing repeated`);
  }
});

tracking('every parcel is followed, also one that no carrier has', async () => {
  const id = await placeOrder(api.core, { lines: [newLine({ quantity: 2 })] });
  await act(id, 'confirm', 'start_processing');
  const order_item_id = (await readOrder(api.core, id)).lines[0]?.id ?? '';
  const items = [{ order_item_id, quantity: 1 }];
  const on = () => ({ ...byAdmin(), id });
  await api.core.orders.shipItems(on(), { items, carrier: 'DHL', tracking_number: 'T1' });
  await api.core.orders.shipItems(on(), { items });
  const stream = await follow(api, id);
  await stream.until(2);
  const shipment_id = (await readOrder(api.core, id)).shipments[1]?.shipment_id ?? '';
  await api.core.orders.moveShipment(on(), { shipment_id, action: 'fail' });
  await api.core.orders.moveShipment(on(), { shipment_id, action: 'deliver' });
  const parcels = (await stream.until(4))
    .filter(({ event }) => event === 'status')
    .map(({ data }) => (data['shipments'] as readonly { status: string }[]).map(({ status }) => status));
  assert.equal(parcels, [
    ['shipped', 'shipped'],
    ['shipped', 'failed'],
    ['shipped', 'delivered'],
  ]);
  stream.leave();
});

tracking('a follower that connects late gets the present state, not the history', async () => {
  const id = await placeForSyntagma();
  await act(id, 'confirm', 'start_processing', 'ship');
  await report(id, 37.9955, '2026-03-01T12:00:00Z');
  await report(id, 37.9855, '2026-03-01T12:05:00Z');
  const stream = await follow(api, id);
  const [first] = await stream.until(3);
  const states = [
    ['status', 'shipped'],
    ['position', 37.9855],
    ['eta', '2026-03-01T12:10:00.000Z'],
  ];
  assert.equal(asRows(stream.events), states);
  stream.leave();
  const again = await follow(api, id, { after: first?.id ?? '' });
  assert.equal(asRows(await again.until(2)), states.slice(1));
  again.leave();
  await act(id, 'deliver');
  const over = await follow(api, id);
  assert.equal(asRows(await over.until()), [['status', 'delivered']]);
});

tracking('what happens while a follower connects is sent once', async () => {
  const id = await placeOrder(api.core);
  const once = (action: string) => {
    let left = 1;
    return async (): Promise<void> => {
      if (left-- > 0) await act(id, action);
    };
  };
  meanwhile = { subscribing: once('confirm'), hasRead: once('start_processing') };
  const stream = await follow(api, id);
  await stream.until(3);
  meanwhile = {};
  await act(id, 'ship', 'deliver');
  assert.equal(
    asRows((await stream.until()).filter(({ event }) => event === 'status')),
    ['confirmed', 'processing', 'shipped', 'delivered'].map((status) => ['status', status]),
  );
});

tracking('everybody hears by one subscription, and it ends with the last of them', async () => {
  await eventually('no follower is left', () => subscriptions.live === 0);
  const before = subscriptions.made;
  const [one, other] = [await placeOrder(api.core), await placeOrder(api.core)];
  const streams = await Promise.all([one, one, other, other, other].map((id) => follow(api, id)));
  for (const stream of streams) await stream.until(2);
  assert.equal([subscriptions.made - before, subscriptions.live, api.deps.tracking.tracker.open()], [1, 1, 5]);
  await act(one, 'cancel');
  for (const stream of streams.slice(0, 2)) assert.equal(asRows(await stream.until()).at(-1), ['status', 'cancelled']);
  assert.is(subscriptions.live, 1);
  for (const stream of streams.slice(2)) stream.leave();
  await eventually('all have left', () => subscriptions.live === 0 && api.deps.tracking.tracker.open() === 0);
});

tracking('when nothing more can be heard, streams break off, the log says why, and clients go on', async () => {
  const id = await placeOrder(api.core);
  const stream = await follow(api, id);
  const before = await stream.until(2);
  isBroken = true;
  await act(id, 'confirm');
  await stream.until();
  isBroken = false;
  assert.is(stream.events.length, 2, 'it is over before the next event');
  assert.ok(api.log.some((line) => line.includes('an event that cannot be read')));
  const goingOn = await follow(api, id, { after: before.at(-1)?.id ?? '' });
  assert.equal(asRows(await goingOn.until(1)), [['status', 'confirmed']]);
  goingOn.leave();
});

tracking('only its owner, its courier and admins may follow', async () => {
  const id = await placeForSyntagma();
  for (const [as, status] of [
    [MEERA, 200],
    [COURIER, 200],
    [ADMIN, 200],
    [OTHER, 404],
    [{ role: 'delivery_partner', sub: 'courier-8' }, 404],
    [AUDITOR, 403],
  ] as const) {
    const stream = await follow(api, id, { as });
    assert.is(stream.status, status, JSON.stringify(as));
    stream.leave();
  }
});

tracking('it ends when the token does, and for a courier when another one brings it', async () => {
  const id = await placeForSyntagma();
  const [brief, courier] = [
    await follow(api, id, { as: { ...MEERA, expires: '1s' } }),
    await follow(api, id, { as: COURIER }),
  ];
  await courier.until(2);
  await assignTo(id, 'courier-8');
  await courier.until();
  assert.ok(courier.hasEnded());
  await brief.until();
  assert.ok(brief.hasEnded());
  const goingOn = await follow(api, id, { after: brief.events.at(-1)?.id ?? '' });
  await act(id, 'confirm');
  assert.equal(asRows(await goingOn.until(1)), [['status', 'confirmed']]);
  goingOn.leave();
});

tracking('nothing on the way may hold it back, and a strange Last-Event-ID is rejected', async () => {
  const id = await placeOrder(api.core);
  const { headers, leave } = await follow(api, id);
  assert.equal(
    ['content-type', 'cache-control', 'x-accel-buffering', 'content-encoding'].map((name) => headers.get(name)),
    ['text/event-stream; charset=utf-8', 'no-store, no-transform', 'no', null],
  );
  leave();
  const path = `/orders/${id}/tracking-stream`;
  const { status, problem } = await api.call(path, { headers: { 'Last-Event-ID': 'yesterday' } });
  assert.equal([status, problem.errors[0]?.field], [422, 'Last-Event-ID']);
  const ahead = await follow(api, id, { after: '99.0.0' });
  assert.equal(asRows(await ahead.until(1))[0], ['status', 'pending'], 'an id of another log begins anew');
  ahead.leave();
});

tracking('a sign of life comes while nothing happens; neither time limit nor overload ends what is open', async () => {
  const id = await placeOrder(api.core);
  const stream = await follow(second, id);
  await stream.until(2);
  isOverloaded = true;
  const before = stream.heartbeats();
  await eventually('heartbeats for longer than an answer may take', () => stream.heartbeats() >= before + 5);
  assert.is((await follow(second, id)).status, 503, 'a new follower is rejected');
  isOverloaded = false;
  stream.leave();
  await eventually('it has left', () => second.deps.tracking.tracker.open() === 0);
});

tracking('the number of followers is limited, one user has at most half of them, and leaving makes room', async () => {
  const id = await placeOrder(api.core);
  const mine = [await follow(second, id), await follow(second, id)];
  for (const stream of mine) await stream.until(1);
  const third = await follow(second, id);
  assert.equal([third.status, third.headers.get('retry-after')], [429, '10']);
  const other = await follow(second, id, { as: ADMIN });
  await other.until(1);
  assert.is((await follow(second, id, { as: ADMIN })).status, 503);
  other.leave();
  for (const stream of mine) stream.leave();
  await eventually('room', () => second.deps.tracking.tracker.open() === 0);
});

tracking('a process that stops ends its streams at once, and they go on at another', async () => {
  const id = await placeOrder(api.core);
  const stream = await follow(second, id);
  const before = await stream.until(2);
  const began = performance.now();
  stopping.abort();
  await stream.until();
  assert.ok(stream.hasEnded());
  assert.ok(performance.now() - began < 5_000, 'before the next heartbeat, which comes every 15 s');
  assert.is((await follow(second, id)).status, 503);
  await act(id, 'cancel');
  const goingOn = await follow(api, id, { after: before.at(-1)?.id ?? '' });
  assert.equal(asRows(await goingOn.until()), [['status', 'cancelled']]);
});

tracking.run();
