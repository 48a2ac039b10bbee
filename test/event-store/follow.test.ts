import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBell } from '../../src/event-store/bell.ts';
import { follow } from '../../src/event-store/follow.ts';
import type { Batch } from '../../src/event-store/port.ts';

const test = suite('following a log page by page');

/** A log that has one more event, and says so, whenever it is looked at. */
const busyLog = () => {
  const bell = createBell();
  const looks: number[] = [];
  const readPage = (): Promise<Batch> => {
    looks.push(performance.now());
    bell.ring();
    return Promise.resolve({ events: [], position: BigInt(looks.length), caughtUp: true });
  };
  return { bell, looks, readPage };
};

const lookAt = async (log: ReturnType<typeof busyLog>, looks: number, restMs: number): Promise<void> => {
  const stop = new AbortController();
  const { bell, readPage } = log;
  const batches = follow({ after: 0n, prefixes: [''], signal: stop.signal, bell, readPage, restMs });
  for await (const { position } of batches) if (position >= BigInt(looks)) stop.abort();
};

test('a busy log is not looked at for every single event', async () => {
  const log = busyLog();
  await lookAt(log, 5, 30);
  const [first = 0] = log.looks;
  assert.ok((log.looks.at(-1) ?? 0) - first >= 4 * 29, 'four rests between five looks');
});

test('news waits a tenth of a second at most', async () => {
  const bell = createBell();
  const stop = new AbortController();
  let looks = 0;
  const readPage = (): Promise<Batch> => Promise.resolve({ events: [], position: BigInt(++looks), caughtUp: true });
  const batches = follow({ after: 0n, prefixes: [''], signal: stop.signal, bell, readPage, restMs: 60_000 });
  await batches.next();
  const next = batches.next();
  bell.ring();
  const rungAt = performance.now();
  assert.is((await next).value?.position, 2n);
  assert.ok(performance.now() - rungAt < 30_000);
  stop.abort();
});

test.run();
