import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StoreUnavailable, type EventStore } from '../../../src/event-store/port.ts';
import { eventually } from '../../support/eventually.ts';
import {
  ADMIN,
  anOrder,
  MEERA,
  OTHER,
  startTestApi,
  type Call,
  type OrderJson,
  type TestApi,
} from '../../support/api.ts';
import { takeActions } from '../../support/core.ts';
import type { TokenRequest } from '../../../src/http/server/auth/tokens.ts';

const idempotency = suite('idempotency keys');
let api: TestApi;

/** What the store does next, once. */
let mischief:
  | ((append: EventStore['append'], ...args: Parameters<EventStore['append']>) => ReturnType<EventStore['append']>)
  | undefined;

const mischievous = (store: EventStore): EventStore => ({
  ...store,
  append: (...args) => {
    const play = mischief;
    mischief = undefined;
    return play === undefined ? store.append(...args) : play(store.append, ...args);
  },
});

idempotency.before(async () => {
  api = await startTestApi({
    projectors: false,
    wrapStore: mischievous,
    options: { kernel: { idempotencyWaitMs: 600 } },
  });
});
idempotency.after(() => api.close());

const post = (key: string, json: unknown = anOrder(), more: Call = {}) =>
  api.call('/orders', { json, ...more, headers: { 'Idempotency-Key': key } });

const replayed = ({ headers }: { readonly headers: Headers }): string | null => headers.get('idempotency-replayed');

idempotency('the same request gets the same answer, once', async () => {
  const key = randomUUID();
  const before = await api.countEvents();
  const first = await post(key);
  const second = await post(key);
  assert.equal([first.status, second.status], [201, 201]);
  assert.equal(second.body, first.body);
  for (const name of ['etag', 'location', 'x-event-position']) {
    assert.is(second.headers.get(name), first.headers.get(name), name);
    assert.ok(first.headers.get(name), name);
  }
  assert.equal([replayed(first), replayed(second)], [null, 'true']);
  assert.is(await api.countEvents(), before + 1);
});

idempotency('a request that is rejected before it begins frees its key', async () => {
  const { body } = await api.call('/orders', { json: anOrder() });
  const act = (etag: string) =>
    api.call(`/orders/${body.id}/state`, {
      json: { action: 'confirm' },
      headers: { 'Idempotency-Key': 'refused-first', 'If-Match': etag },
    });
  assert.is((await act('W/"0"')).status, 412);
  assert.is((await act('"0"')).status, 200);
});

idempotency('the answer stays that of then, whatever has happened since', async () => {
  const key = randomUUID();
  const { body } = await post(key);
  await api.call(`/orders/${body.id}/state`, { json: { action: 'confirm' } });
  assert.is((await post(key)).body.status, 'pending');
});

idempotency('twenty at once are one order and twenty equal answers', async () => {
  const key = randomUUID();
  const before = await api.countEvents();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(key)));
  assert.equal(
    answers.map(({ status }) => status),
    answers.map(() => 201),
  );
  assert.is(new Set(answers.map(({ text }) => text)).size, 1);
  assert.is(answers.filter((answer) => replayed(answer) === null).length, 1);
  assert.is(await api.countEvents(), before + 1);
});

idempotency('another body under the same key is rejected', async () => {
  const key = randomUUID();
  await post(key);
  const { status, problem } = await post(key, anOrder({ notes: 'another' }));
  assert.equal([status, problem.code], [422, 'idempotency.key_reused']);
});

idempotency('callers and routes never share a key', async () => {
  const key = randomUUID();
  const { customer_id: _, ...mine } = anOrder();
  const first = await post(key, mine, { as: MEERA });
  const other = await post(key, mine, { as: OTHER });
  assert.equal([first.status, other.status], [201, 201]);
  assert.is.not(first.body.id, other.body.id);
  const cancelled = await api.call(`/orders/${first.body.id}/cancel`, {
    method: 'POST',
    as: MEERA,
    headers: { 'Idempotency-Key': key },
  });
  assert.equal([cancelled.status, replayed(cancelled)], [200, null]);
});

idempotency('every write honours a key: a repeated cancel is answered, not rejected', async () => {
  const { body } = await api.call('/orders', { json: anOrder() });
  const cancel = () =>
    api.call(`/orders/${body.id}/cancel`, { method: 'POST', headers: { 'Idempotency-Key': 'cancel-1' } });
  const first = await cancel();
  const second = await cancel();
  assert.equal([first.status, second.status, replayed(second)], [200, 200, 'true']);
  assert.equal(second.body, first.body);
});

idempotency('a rejected request frees its key', async () => {
  const key = randomUUID();
  assert.is((await post(key, anOrder({ scheduled_for: '2020-01-01T00:00:00Z' }))).status, 422);
  assert.is((await post(key)).status, 201);
});

idempotency('a lost answer is found again: the order was placed, and the retry says so', async () => {
  const key = randomUUID();
  const before = await api.countEvents();
  mischief = async (append, ...args) => {
    await append(...args);
    throw new StoreUnavailable('the answer was lost');
  };
  const lost = await post(key);
  assert.equal([lost.status, lost.headers.get('retry-after')], [503, '2']);
  const retried = await post(key);
  assert.is(retried.status, 201);
  assert.is(await api.countEvents(), before + 1);
});

idempotency('an outage before the append leaves nothing, and the retry places the order', async () => {
  const key = randomUUID();
  const before = await api.countEvents();
  mischief = () => Promise.reject(new StoreUnavailable('not reached'));
  assert.is((await post(key)).status, 503);
  assert.is(await api.countEvents(), before);
  assert.is((await post(key)).status, 201);
  assert.is(await api.countEvents(), before + 1);
});

idempotency('who waits too long for the first is told to come back', async () => {
  const key = randomUUID();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  mischief = async (append, ...args) => {
    reach();
    await held;
    return append(...args);
  };
  const first = post(key);
  await reached;
  const second = await post(key);
  assert.equal([second.status, second.problem.code], [409, 'idempotency.in_flight']);
  assert.ok(Number(second.headers.get('retry-after')) >= 1);
  release();
  assert.is((await first).status, 201);
  assert.is(replayed(await post(key)), 'true');
});

idempotency('a claim whose process died just now is taken over within five seconds', async () => {
  const key = randomUUID();
  const first = await post(key);
  await api.database
    .db('idempotency_keys')
    .where('stream', `order-${first.body.id}`)
    .update({ status: null, stream: null, revision: null, headers: null, claimed_at: new Date() });
  const second = await eventually('it is answered', async () => {
    const answer = await post(key);
    return answer.status === 409 ? undefined : answer;
  });
  assert.equal([second.status, second.body], [201, first.body]);
});

idempotency('a claim whose process died is taken over, and the append it made is found', async () => {
  const key = randomUUID();
  const before = await api.countEvents();
  const first = await post(key);
  // What a kill between append and answer leaves behind: a claim, and nothing about the answer.
  await api.database
    .db('idempotency_keys')
    .where('stream', `order-${first.body.id}`)
    .update({
      status: null,
      stream: null,
      revision: null,
      headers: null,
      claimed_at: new Date(Date.now() - 60_000),
    });
  const second = await post(key);
  assert.equal([second.status, second.body], [201, first.body]);
  assert.is(await api.countEvents(), before + 1);
});

idempotency('a key is forgotten after its hours', async () => {
  const key = randomUUID();
  await post(key);
  const { db } = api.database;
  await db('idempotency_keys').update({ created_at: new Date(Date.now() - 25 * 3_600_000) });
  const [{ n }] = (await db('idempotency_keys').count({ n: '*' })) as [{ n: string }];
  assert.is(await api.deps.kernel.keys.deleteExpired(), Number(n));
});

idempotency('no row holds a name, an address or a body', async () => {
  await post(randomUUID(), anOrder({ customer_name: 'Planted Name', notes: 'planted note' }), { as: ADMIN });
  const rows: unknown = await api.database.db('idempotency_keys').select();
  assert.not.match(JSON.stringify(rows), /planted/i);
});

idempotency('a key that is none is rejected', async () => {
  const { status, problem } = await post('a b');
  assert.equal([status, problem.errors[0]?.field], [422, 'Idempotency-Key']);
});

idempotency('a key past its hours is rejected to another request, and its own one places nothing again', async () => {
  const key = randomUUID();
  const first = await post(key);
  await api.database.db('idempotency_keys').delete();
  const before = await api.countEvents();
  const other = await post(key, anOrder({ notes: 'another order' }));
  assert.equal([other.status, other.problem.code], [422, 'idempotency.key_reused']);
  const again = await post(key);
  assert.equal([again.status, again.body.id, replayed(again)], [201, first.body.id, 'true']);
  assert.is(await api.countEvents(), before);
});

type Keyed = { readonly path: string; readonly json: object; readonly other: object; readonly as?: TokenRequest };

/** What is created under a key, on an order that is delivered and paid. */
const CREATING: Readonly<Record<string, (order: OrderJson) => Keyed>> = {
  'a return': ({ id }) => ({
    path: `/orders/${id}/return`,
    json: { reason: 'defective', force: true },
    other: { reason: 'other', force: true },
  }),
  'a payment': ({ id }) => ({
    path: '/payments',
    json: { order_id: id, method: 'paypal', amount: 1 },
    other: { order_id: id, method: 'paypal', amount: 2 },
  }),
  'a refund': ({ id }) => ({
    path: `/orders/${id}/refunds`,
    json: { goodwill: 1, reason_category: 'goodwill' },
    other: { goodwill: 2, reason_category: 'goodwill' },
  }),
  'a note': ({ id }) => ({ path: `/orders/${id}/notes`, json: { text: 'one' }, other: { text: 'two' } }),
  feedback: ({ id }) => ({ path: `/orders/${id}/feedback`, json: { rating: 5 }, other: { rating: 1 }, as: MEERA }),
  'store credit': () => ({
    path: '/admin/customers/c-1/store-credit',
    json: { currency: 'EUR', amount: 5, reason_category: 'goodwill' },
    other: { currency: 'EUR', amount: 6, reason_category: 'goodwill' },
  }),
  'a template': () => ({
    path: '/templates',
    json: { name: 'weekly', items: [{ product_id: 'p-mug', quantity: 1 }] },
    other: { name: 'weekly', items: [{ product_id: 'p-mug', quantity: 2 }] },
    as: MEERA,
  }),
  'a webhook': () => ({
    path: '/admin/webhooks',
    json: { url: 'https://1.1.1.1/one', types: ['*'] },
    other: { url: 'https://1.1.1.1/two', types: ['*'] },
  }),
};

for (const [what, keyedOn] of Object.entries(CREATING))
  idempotency(
    `${what} remembers its request for longer than its key: another body is rejected, its own repeats`,
    async () => {
      const { body: order } = await api.call('/orders', { json: anOrder({ customer_id: 'c-1' }) });
      await takeActions(api.core, order.id, ['confirm', 'start_processing', 'ship', 'deliver']);
      const key = randomUUID();
      const { path, json, other, as } = keyedOn(order);
      const ask = (body: object) =>
        api.call(path, { json: body, headers: { 'Idempotency-Key': key }, ...(as !== undefined && { as }) });
      const first = await ask(json);
      assert.equal([first.status, replayed(first)], [201, null], first.text);
      await api.database.db('idempotency_keys').delete();
      const rejected = await ask(other);
      assert.equal([rejected.status, rejected.problem.code], [422, 'idempotency.key_reused']);
      const events = await api.countEvents();
      const again = await ask(json);
      assert.equal(
        [again.status, replayed(again), again.headers.get('location')],
        [201, 'true', first.headers.get('location')],
      );
      assert.is(await api.countEvents(), events);
    },
  );

idempotency.run();
