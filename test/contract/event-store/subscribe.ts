import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as assert from 'uvu/assert';
import type { Batch } from '../../../src/event-store/port.ts';
import {
  assertIncreasing,
  counted,
  event,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  scatter,
  untilCaughtUp,
  untilCount,
  type ContractTest,
} from './support.ts';

const collectGarbage = (): void => {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
};

const memoryInUse = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Subscriptions: every event once, in order, marks, and an end on request. */
export const subscribeCases = (test: ContractTest): void => {
  for (const batchSize of [1, 7, 100, 1000])
    test(`a subscriber gets what is there, then what comes, in batches of at most ${batchSize}`, async ({ store }) => {
      const prefix = newPrefix();
      const stream = newStream(prefix);
      const [past, later] = [counted(150), counted(150)];
      await store.append(stream, past, 'no_stream');
      let appended: Promise<unknown> | undefined;
      const followed = await followUntil(store, { after: 0n, prefixes: [prefix], batchSize }, (so) => {
        if (untilCaughtUp(so)) appended ??= store.append(stream, later, 149n);
        return untilCount(300)(so);
      });
      await appended;
      assert.equal(idsOf(followed.events), idsOf([...past, ...later]));
      assertIncreasing(followed.events);
      assert.ok(followed.batches.every(({ events }) => events.length <= batchSize));
    });

  test('a subscriber begins after the position it names, wherever that is', async ({ store }) => {
    const prefix = newPrefix();
    await scatter(store, prefix, 6);
    const { events: all } = await followUntil(store, { after: 0n, prefixes: [prefix] }, untilCount(6));
    for (const [index, { position }] of all.entries()) {
      const { events } = await followUntil(store, { after: position, prefixes: [prefix] }, untilCaughtUp);
      assert.equal(idsOf(events), idsOf(all.slice(index + 1)));
    }
  });

  test('going on from the position of any batch repeats nothing and misses nothing', async ({ store }) => {
    const [prefix, other] = [newPrefix(), newPrefix()];
    for (let n = 0; n < 10; n++) await Promise.all([scatter(store, prefix, 2), scatter(store, other, 3)]);
    const options = { after: 0n, prefixes: [prefix], batchSize: 3 };
    const { events: all, batches } = await followUntil(store, options, untilCount(20));
    let seen = 0;
    for (const { events, position } of batches) {
      seen += events.length;
      if (seen === all.length) break;
      const rest = await followUntil(store, { ...options, after: position }, untilCount(20 - seen));
      assert.equal(idsOf(rest.events), idsOf(all.slice(seen)));
    }
  });

  test('a subscriber with nothing to read learns that it has caught up', async ({ store }) => {
    const before = await store.head();
    const { batches } = await followUntil(store, { after: before, prefixes: [newPrefix()] }, untilCaughtUp);
    assert.ok((batches.at(-1)?.position ?? 0n) >= before);
  });

  test('catching up stands behind the last event there was, matching or not', async ({ store }) => {
    const [prefix, other] = [newPrefix(), newPrefix()];
    await scatter(store, prefix, 3);
    const { position } = await store.append(newStream(other), counted(200), 'no_stream');
    const { events, batches } = await followUntil(store, { after: 0n, prefixes: [prefix] }, untilCaughtUp);
    assert.is(events.length, 3);
    assert.ok((batches.at(-1)?.position ?? 0n) >= position);
  });

  test('a live subscriber is moved past a long stretch of events that match nothing', async ({ store }) => {
    const [prefix, other] = [newPrefix(), newStream()];
    let halfway: Promise<bigint> | undefined;
    let goal: bigint | undefined;
    const appendStretch = async (): Promise<bigint> => {
      const { position } = await store.append(other, counted(100), 'no_stream');
      goal = position;
      await store.append(other, counted(100), 99n);
      return position;
    };
    const { events, batches } = await followUntil(store, { after: 0n, prefixes: [prefix] }, (so) => {
      if (untilCaughtUp(so)) halfway ??= appendStretch();
      return goal !== undefined && (so.batches.at(-1)?.position ?? 0n) >= goal;
    });
    await halfway;
    assert.is(events.length, 0);
    assert.ok(batches.length > 1);
  });

  test('positions of batches never go back and never fall short of their events', async ({ store }) => {
    const prefix = newPrefix();
    await scatter(store, prefix, 20);
    const options = { after: 0n, prefixes: [prefix], batchSize: 3 };
    const { batches } = await followUntil(store, options, (so) => untilCount(20)(so) && untilCaughtUp(so));
    for (const [index, { position, events }] of batches.entries()) {
      assert.ok(position >= (batches[index - 1]?.position ?? 0n));
      assert.ok(position >= (events.at(-1)?.position ?? 0n));
    }
  });

  test('two subscribers do not disturb each other', async ({ store }) => {
    const prefix = newPrefix();
    const options = { after: 0n, prefixes: [prefix] };
    const both = [options, { ...options, batchSize: 1 }].map((each) => followUntil(store, each, untilCount(30)));
    const ids = await scatter(store, prefix, 30);
    for (const { events } of await Promise.all(both)) assert.equal(idsOf(events), ids);
  });

  test('an abort ends a waiting subscription normally and soon', async ({ store }) => {
    const stop = new AbortController();
    const batches: Batch[] = [];
    let abortedAt = 0;
    for await (const batch of store.subscribe({ after: 0n, prefixes: [newPrefix()], signal: stop.signal })) {
      batches.push(batch);
      if (batch.caughtUp && abortedAt === 0)
        setTimeout(() => {
          abortedAt = performance.now();
          stop.abort();
        }, 20);
    }
    assert.ok(performance.now() - abortedAt < 500, 'within half a second');
  });

  test('an abort while a batch is being handled is followed by no other batch', async ({ store }) => {
    const [prefix, stop] = [newPrefix(), new AbortController()];
    await scatter(store, prefix, 20);
    let handled = 0;
    for await (const { events } of store.subscribe({
      after: 0n,
      prefixes: [prefix],
      signal: stop.signal,
      batchSize: 1,
    })) {
      handled += events.length;
      if (handled === 5) stop.abort();
    }
    assert.is(handled, 5);
  });

  test('a subscription whose signal is aborted already ends at once', async ({ store }) => {
    for await (const batch of store.subscribe({ after: 0n, prefixes: [''], signal: AbortSignal.abort() }))
      assert.unreachable(`nothing should come, ${batch.events.length} events did`);
  });

  test('a consumer that leaves its loop leaves nothing open', async ({ store }) => {
    const prefix = newPrefix();
    await scatter(store, prefix, 5);
    const leave = () => followUntil(store, { after: 0n, prefixes: [prefix], batchSize: 2 }, untilCount(1));
    await leave();
    const before = process.getActiveResourcesInfo().length;
    for (let n = 0; n < 30; n++) await leave();
    const isReleased = () => process.getActiveResourcesInfo().length <= before + 2;
    for (let tries = 0; tries < 100 && !isReleased(); tries++) await pause(20);
    assert.ok(isReleased(), `${before} open before, ${process.getActiveResourcesInfo().join(' ')} after`);
  });

  test('a consumer that throws gets its own error back', async ({ store }) => {
    const prefix = newPrefix();
    await scatter(store, prefix, 2);
    const own = new Error('handler failed');
    const thrown: unknown = await followUntil(store, { after: 0n, prefixes: [prefix] }, () => {
      throw own;
    }).catch((error: unknown) => error);
    assert.is(thrown, own);
  });

  test('a slow consumer does not make the store hoard events', async ({ store }) => {
    const prefix = newPrefix();
    for (let n = 0; n < 40; n++)
      await store.append(
        newStream(prefix),
        Array.from({ length: 10 }, () => event({ text: 'x'.repeat(100_000 + n) })),
        'no_stream',
      );
    await store.append(newStream(prefix), counted(2500), 'no_stream');
    const { signal } = new AbortController();
    const before = memoryInUse();
    const subscription = store
      .subscribe({ after: 0n, prefixes: [prefix], signal, batchSize: 1 })
      [Symbol.asyncIterator]();
    await subscription.next();
    await pause(300); // long enough to have read far ahead
    // What is held stays. What is not may take Node 24 more than one collection to give back.
    const grown = () => memoryInUse() - before;
    for (let tries = 0; tries < 20 && grown() >= 20_000_000; tries++) await pause(100);
    const held = grown();
    await subscription.return?.();
    assert.ok(held < 20_000_000, `${Math.round(held / 1e6)} MB more than before`);
  });
};
