import { status } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/index.ts';
import type { Batch } from '../../../src/event-store/port.ts';
import {
  assertIncreasing,
  counted,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  scatter,
  untilCaughtUp,
  untilCount,
} from '../../contract/event-store/support.ts';
import { eventually } from '../../support/eventually.ts';
import { startWireDouble } from '../../support/wire-double/start.ts';
import { onDouble, type Faulty } from './support.ts';

const test = suite<Faulty>('subscriptions to an EventStoreDB that fails');
onDouble(test, { silenceMs: 300 });

/** Follows ten events that are there and ten that come, with something going wrong once it has caught up. */
const followThrough = async ({ double, store }: Faulty, goWrong: () => unknown): Promise<void> => {
  const prefix = newPrefix();
  const past = await scatter(store, prefix, 10);
  let later: Promise<readonly string[]> | undefined;
  const followed = await followUntil(store, { after: 0n, prefixes: [prefix], batchSize: 3 }, (so) => {
    if (untilCaughtUp(so) && later === undefined) {
      goWrong();
      later = scatter(store, prefix, 10);
    }
    return untilCount(20)(so);
  });
  assert.equal(idsOf(followed.events), [...past, ...((await later) ?? [])]);
  assertIncreasing(followed.events);
  assert.ok(double.calls('subscribe').length > 0);
};

test('a subscription that ends with OK is resumed behind its last event', async (context) => {
  await followThrough(context, () => context.double.endSubscriptions());
  assert.match(context.dropped.join(), /ended/);
});

test('a cut connection is resumed after the last event', async (context) => {
  await followThrough(context, () => context.double.dropConnections());
  assert.ok(context.dropped.length > 0);
});

test('a subscription that fails in the middle repeats nothing and misses nothing', async ({ double, store }) => {
  for (const action of ['cut', 'end', { code: status.INTERNAL }, { code: status.CANCELLED }] as const)
    for (const batchSize of [1, 4, 100]) {
      const prefix = newPrefix();
      const ids = await scatter(store, prefix, 12);
      for (const afterEvents of [0, 1, 7]) double.arm({ rpc: 'subscribe', afterEvents, action });
      const { events } = await followUntil(store, { after: 0n, prefixes: [prefix], batchSize }, untilCount(12));
      assert.equal(idsOf(events), ids);
      double.clearFaults();
    }
});

test('events that are delivered twice are handed over once', async ({ double, store }) => {
  const prefix = newPrefix();
  const ids = await scatter(store, prefix, 20);
  double.arm({ rpc: 'subscribe', action: 'twice' });
  const options = { after: 0n, prefixes: [prefix], batchSize: 7 };
  const { events } = await followUntil(store, options, (so) => untilCount(20)(so) && untilCaughtUp(so));
  assert.equal(idsOf(events), ids);
});

test('a subscription that says nothing although there is something is replaced', async (context) => {
  const { double } = context;
  setTimeout(() => double.mute(false), 500);
  await followThrough(context, () => double.mute(true));
  assert.match(context.dropped.join(), /nothing was delivered/);
});

test('a subscription that was never confirmed is replaced', async ({ double, store, dropped }) => {
  const prefix = newPrefix();
  const ids = await scatter(store, prefix, 3);
  double.arm({ rpc: 'subscribe', action: 'hang' });
  const { events } = await followUntil(store, { after: 0n, prefixes: [prefix] }, untilCount(3));
  assert.equal(idsOf(events), ids);
  assert.match(dropped.join(), /nothing was delivered/);
});

test('while nothing matches for long, the position moves on in the silence too', async ({ store, dropped }) => {
  let last: Promise<{ readonly position: bigint }> | undefined;
  let goal = 0n;
  await followUntil(store, { after: 0n, prefixes: [newPrefix()] }, (so) => {
    // Fewer events than a server looks at before it marks its progress.
    if (untilCaughtUp(so)) last ??= store.append(newStream(), counted(2), 'no_stream');
    void last?.then(({ position }) => (goal = position));
    return goal > 0n && (so.batches.at(-1)?.position ?? 0n) >= goal;
  });
  assert.equal(dropped, []);
});

test('a store with system events only is empty for a subscriber', async () => {
  const fresh = await startWireDouble();
  const store = openEventStoreDb({ url: fresh.url });
  const head = await store.head();
  assert.ok(head > 0n);
  for (const prefixes of [['order-'], [''], ['$'], []]) {
    const { events, batches } = await followUntil(store, { after: 0n, prefixes }, untilCaughtUp);
    assert.equal(events, []);
    assert.is(batches.at(-1)?.position, head, 'where the server stands, not the end of time');
    assert.equal((await store.readAll({ after: 0n, limit: 10, prefixes })).events, []);
  }
  await store.close();
  await fresh.stop();
});

test('a reader that stands beyond the end of the log is told instead of left waiting', async ({ store, dropped }) => {
  const stop = new AbortController();
  const options = { after: (await store.head()) + 400n, prefixes: [''], signal: stop.signal };
  const following = (async () => {
    for await (const batch of store.subscribe(options)) assert.unreachable(`stands at ${batch.position}`);
  })();
  await eventually('it is told', () => dropped.some((reason) => reason.includes('older copy')));
  stop.abort();
  await following;
});

test('a server that denies access is not asked for ever', async ({ double, store }) => {
  const trailers = { exception: 'access-denied' };
  double.arm({ rpc: 'subscribe', action: { code: status.PERMISSION_DENIED, trailers }, times: 100 });
  const following = followUntil(store, { after: 0n, prefixes: [''] }, untilCaughtUp);
  const error: unknown = await following.catch((reason: unknown) => reason);
  assert.match(String(error), /denies access/);
});

test('a wrong password and a missing right are told apart', async ({ double, store }) => {
  const message = (): Promise<string> =>
    store.readStream(newStream()).then(
      () => 'answered',
      (error: unknown) => String(error),
    );
  double.arm({ rpc: 'read', action: { code: status.UNAUTHENTICATED } });
  assert.match(await message(), /rejects the user or password/);
  double.arm({ rpc: 'read', action: { code: status.PERMISSION_DENIED, trailers: { exception: 'access-denied' } } });
  assert.match(await message(), /denies access/);
});

test('a consumer that is busy for long is not taken for a silent server', async ({ store, dropped }) => {
  const prefix = newPrefix();
  const ids = await scatter(store, prefix, 40);
  const stop = new AbortController();
  const handled: Batch[] = [];
  for await (const batch of store.subscribe({ after: 0n, prefixes: [prefix], signal: stop.signal, batchSize: 10 })) {
    handled.push(batch);
    if (handled.length === 1) await new Promise((resolve) => setTimeout(resolve, 700)); // longer than silenceMs
    if (handled.flatMap(({ events }) => events).length === 40) stop.abort();
  }
  assert.equal(idsOf(handled.flatMap(({ events }) => events)), ids);
  assert.equal(dropped, []);
});

test.run();
