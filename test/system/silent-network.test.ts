import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createSilence } from '../../src/platform/silence.ts';
import { anOrder, startTestApi, type TestApi } from '../support/api.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const test = suite('a network that swallows everything without a word');

/** Time limits of the API, five times shorter: with those that it has, orders go on within 15 s. */
const SCALE = 5;
const LIMITS = { statement: 10_000 / SCALE, append: 5_000 / SCALE, read: 10_000 / SCALE };
const BACK_WITHIN_MS = 15_000 / SCALE;

let proxy: TcpProxy;
let api: TestApi;

test.before(async () => {
  api = await startTestApi({
    projectors: false,
    link: async ({ url }) => {
      proxy = await openTcpProxy(Number(new URL(url).port));
      const silence = createSilence();
      return {
        db: openDatabase({ url: throughProxy(url), answerWithinMs: LIMITS.statement, silence }),
        store: openPostgresEventStore({
          url: throughProxy(url),
          appendTimeoutMs: LIMITS.append,
          readTimeoutMs: LIMITS.read,
          silence,
        }),
      };
    },
  });
});
test.after(async () => {
  await api.core.db.destroy();
  await api.close();
  await proxy.close();
});

const throughProxy = (direct: string): string => {
  const url = new URL(direct);
  url.port = String(proxy.port);
  return url.href;
};

/** A customer's till: the same request until it is answered. */
const place = async (): Promise<string> => {
  const key = randomUUID();
  for (;;) {
    const { status, body } = await api.call('/orders', { json: anOrder(), headers: { 'Idempotency-Key': key } });
    if (status === 201) return body.id;
    assert.is(status, 503);
  }
};

const placeMany = (count: number) => Promise.all(Array.from({ length: count }, place));

test('orders go on in a bounded time, each is placed once, and the server says meanwhile that it is not ready', async () => {
  await placeMany(8); // connections are open
  const calm = performance.now();
  await placeMany(8);
  const slowness = performance.now() - calm;
  proxy.swallow();
  const started = performance.now();
  const ready = api.call('//health/ready', { as: null, unchecked: true });
  const placed = await placeMany(8);
  const took = performance.now() - started;
  assert.is((await ready).status, 503);
  // A request on a dead connection has an answer only after a time limit, whether it is repeated by the till or within.
  assert.ok(took >= LIMITS.append, `nothing was felt: it took ${Math.round(took)} ms`);
  assert.ok(took < BACK_WITHIN_MS + 4 * slowness, `orders went on after ${Math.round(took)} ms`);
  assert.is(new Set(placed).size, 8);
  assert.is(await api.countEvents(), 24);
  assert.is((await api.call('//health/ready', { as: null, unchecked: true })).status, 200);
  const afterwards = performance.now();
  await placeMany(8);
  assert.ok(performance.now() - afterwards < BACK_WITHIN_MS, 'nothing is left of the dead connections');
});

test.run();
