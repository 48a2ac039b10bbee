import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createApiKey } from '../../../src/platform/api-keys.ts';
import { AUDITOR, COURIER, MEERA, startTestApi, type Answer, type TestApi } from '../../support/api.ts';
import { placeOrder, takeActions } from '../../support/core.ts';
import { eventually } from '../../support/eventually.ts';

type Event = {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly position: string;
  readonly data: { readonly personal?: unknown };
};

const feed = suite('the event feed');
const stopping = new AbortController();
let api: TestApi;

feed.before(async () => {
  api = await startTestApi({ projectors: false, options: { signal: stopping.signal } });
});
feed.after(() => api.close());

const read = (query = '', call: Parameters<TestApi['call']>[1] = {}): Promise<Answer<readonly Event[]>> =>
  api.call<readonly Event[]>(`/events${query}`, call);
const nextOf = ({ headers }: Answer<unknown>): string => headers.get('x-next-position') ?? '';
const end = async (): Promise<string> => String(await api.store.head());

feed('every event comes once, in total order, page after page', async () => {
  const orders = [await placeOrder(api.core), await placeOrder(api.core)];
  await Promise.all(orders.map((id) => takeActions(api.core, id, ['confirm', 'start_processing'])));
  const seen: Event[] = [];
  for (let path = '/events?limit=2'; ;) {
    const page = await api.call<readonly Event[]>(path);
    if (page.body.length === 0) break;
    assert.ok(page.body.length <= 2);
    seen.push(...page.body);
    path = /<\/api\/v1(.*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  }
  assert.is(seen.length, await api.countEvents());
  const positions = seen.map(({ position }) => BigInt(position));
  assert.equal(
    positions,
    [...positions].sort((a, b) => (a < b ? -1 : 1)),
  );
  assert.is(new Set(seen.map(({ id }) => id)).size, seen.length);
});

feed('what is not asked for is passed over, and the place to go on moves over it', async () => {
  const after = await end();
  const id = await placeOrder(api.core);
  await takeActions(api.core, id, ['confirm']);
  const placed = await read(`?after=${after}&types=OrderPlaced`);
  assert.equal(
    placed.body.map(({ type, stream }) => [type, stream]),
    [['OrderPlaced', `order-${id}`]],
  );
  assert.is(nextOf(placed), await end());
  const none = await read(`?after=${after}&types=OrderDelivered,OrderShipped`);
  assert.equal([none.body, nextOf(none)], [[], await end()]);
  assert.equal((await read(`?after=${nextOf(none)}`)).body, []);
});

feed('who waits gets the next event when it happens, and nothing else', async () => {
  const after = await end();
  const started = performance.now();
  const waiting = read(`?after=${after}&types=OrderConfirmed&wait=20`);
  const id = await placeOrder(api.core);
  await takeActions(api.core, id, ['confirm']);
  const { body, status } = await waiting;
  assert.equal([status, body.map(({ type }) => type)], [200, ['OrderConfirmed']]);
  assert.ok(performance.now() - started < 10_000, 'it did not wait to the end');
});

feed('waiting ends with its time, and is no slow answer', async () => {
  const after = await end();
  const waited = await read(`?after=${after}&wait=1`);
  assert.equal([waited.status, waited.body, nextOf(waited)], [200, [], after]);
  const { text } = await api.call('//metrics', { as: null, unchecked: true });
  const slow = /waybill_http_request_seconds_bucket\{le="0.5",method="GET",route="readFeed",status="200"\} (\d+)/.exec(
    text,
  );
  const all = /waybill_http_request_seconds_count\{method="GET",route="readFeed",status="200"\} (\d+)/.exec(text);
  assert.is(slow?.[1], all?.[1]);
});

feed('waiting ends when the client goes', async () => {
  const after = await end();
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${await api.token(AUDITOR)}` };
  const lines = api.log.length;
  const asked = fetch(`${api.url}/api/v1/events?after=${after}&wait=30`, { headers, signal: leaving.signal });
  const left = asked.catch((error: unknown) => error instanceof Error && error.name);
  setTimeout(() => leaving.abort(), 100);
  assert.is(await left, 'AbortError');
  await eventually('the request is over', () =>
    api.log.slice(lines).some((line) => line.includes('"route":"readFeed"')),
  );
});

feed('people who audit see what is personal, services do not, customers and couriers see nothing', async () => {
  const after = await end();
  await placeOrder(api.core);
  const { key } = await createApiKey(api.core.db, { name: 'etl', scopes: ['events:read'], expires_at: null });
  const byAuditor = (await read(`?after=${after}`, { as: AUDITOR })).body;
  assert.match(JSON.stringify(byAuditor), 'मीरा');
  const byService = await read(`?after=${after}`, { as: null, headers: { 'x-api-key': key } });
  assert.not.match(byService.text, 'मीरा');
  assert.equal(
    byService.body.map(({ id }) => id),
    byAuditor.map(({ id }) => id),
  );
  assert.ok(byService.body.every(({ data }) => !('personal' in data)));
  for (const as of [MEERA, COURIER]) assert.is((await read('', { as })).status, 403);
});

feed('places and words that mean nothing are rejected', async () => {
  for (const query of [
    '?after=-1',
    '?after=x',
    '?after=1000000000000000000',
    '?types=Nothing',
    '?limit=0',
    '?wait=31',
    '?since=1',
  ])
    assert.is((await read(query, { unchecked: true })).status, 422, query);
  assert.equal((await read('?after=999999999999999999')).body, []);
});

feed('all waiting ends at once when the process stops', async () => {
  const started = performance.now();
  const after = await end();
  const waiting = Array.from({ length: 12 }, () => read(`?after=${after}&wait=30`));
  setTimeout(() => stopping.abort(), 100);
  for (const { body } of await Promise.all(waiting)) assert.equal(body, []);
  assert.ok(performance.now() - started < 5_000);
});

feed.run();
