import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSignal } from '../../src/event-store/signal.ts';
import { pollingSubscription } from '../../src/event-store/polling-subscription.ts';
import { sharePages } from '../../src/event-store/postgres/read.ts';
import type { Batch } from '../../src/event-store/port.ts';

const test = suite('following a log page by page');

/** A log that has one more event, and says so, whenever it is looked at. */
const busyLog = () => {
  const appended = createSignal();
  const looks: number[] = [];
  const readPage = (): Promise<Batch> => {
    looks.push(performance.now());
    appended.raise();
    return Promise.resolve({ events: [], position: BigInt(looks.length), caughtUp: true });
  };
  return { appended, looks, readPage };
};

const lookAt = async (log: ReturnType<typeof busyLog>, looks: number, restMs: number): Promise<void> => {
  const stop = new AbortController();
  const { appended, readPage } = log;
  const batches = pollingSubscription({ after: 0n, prefixes: [''], signal: stop.signal, appended, readPage, restMs });
  for await (const { position } of batches) if (position >= BigInt(looks)) stop.abort();
};

test('a busy log is not looked at for every single event', async () => {
  const log = busyLog();
  await lookAt(log, 5, 30);
  const [first = 0] = log.looks;
  assert.ok((log.looks.at(-1) ?? 0) - first >= 4 * 29, 'four rests between five looks');
});

test('new events do not wait for long', async () => {
  const appended = createSignal();
  const stop = new AbortController();
  let looks = 0;
  const readPage = (): Promise<Batch> => Promise.resolve({ events: [], position: BigInt(++looks), caughtUp: true });
  const batches = pollingSubscription({
    after: 0n,
    prefixes: [''],
    signal: stop.signal,
    appended,
    readPage,
    restMs: 100,
  });
  await batches.next();
  const next = batches.next();
  appended.raise();
  const rungAt = performance.now();
  assert.is((await next).value?.position, 2n);
  assert.ok(performance.now() - rungAt < 30_000);
  stop.abort();
});

/** A log of pages that are read when a test says so. */
const slowLog = () => {
  const appended = createSignal();
  const stop = new AbortController();
  const pending: ((page: Partial<Batch>) => void)[] = [];
  const readPage = (after: bigint): Promise<Batch> =>
    new Promise((resolve) =>
      pending.push((page) => resolve({ events: [], position: after + 1n, caughtUp: false, ...page })),
    );
  const batches = pollingSubscription({ after: 0n, prefixes: [''], signal: stop.signal, appended, readPage });
  return { appended, pending, batches, stop: () => stop.abort() };
};

test('while a page is handled, the next one is read, and no other', async () => {
  const { batches, pending, stop } = slowLog();
  const first = batches.next();
  pending[0]?.({});
  assert.is((await first).value?.position, 1n);
  assert.is(pending.length, 2);
  pending[1]?.({});
  assert.is((await batches.next()).value?.position, 2n);
  assert.is(pending.length, 3);
  stop();
  assert.is((await batches.next()).done, true);
});

test('an event that is signalled after the next page was read ahead is not missed', async () => {
  const { appended, batches, pending, stop } = slowLog();
  const first = batches.next();
  pending[0]?.({});
  await first;
  pending[1]?.({ caughtUp: true }); // without the event …
  appended.raise(); // … that is appended now
  assert.is((await batches.next()).value?.position, 2n);
  const third = batches.next();
  await new Promise(setImmediate);
  pending[2]?.({ caughtUp: true });
  assert.is((await third).value?.position, 3n);
  stop();
});

const countedReads = () => {
  const appended = createSignal();
  const reads: number[] = [];
  const pages = sharePages(appended, () => {
    reads.push(appended.count());
    return Promise.resolve({ events: [], position: 0n, caughtUp: true });
  });
  return { appended, reads, look: () => pages({ after: 7n, limit: 500, prefixes: ['order-'] }) };
};

test('subscribers that look together share one look', async () => {
  const { look, reads } = countedReads();
  await Promise.all([look(), look(), look()]);
  assert.is(reads.length, 1);
  await look();
  assert.is(reads.length, 2, 'a look that is over is not shared');
});

test('a read that began before an event is not shared by a subscriber that was signalled after it', async () => {
  const { appended, look, reads } = countedReads();
  const before = look();
  appended.raise();
  await Promise.all([before, look()]);
  assert.equal(reads, [0, 1]);
});

test.run();
