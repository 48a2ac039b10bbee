import { status } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/index.ts';
import {
  AppendTooLarge,
  StoreUnavailable,
  WrongExpectedRevision,
  type JsonObject,
} from '../../../src/event-store/port.ts';
import {
  counted,
  event,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  untilCaughtUp,
} from '../../contract/event-store/support.ts';
import { MESSAGE_BYTES } from '../../support/wire-double/append.ts';
import { startWireDouble } from '../../support/wire-double/start.ts';
import { onDouble, type Faulty } from './support.ts';

const APPEND_TIMEOUT_MS = 1500;

const test = suite<Faulty>('appends to an EventStoreDB that fails');
onDouble(test, { appendTimeoutMs: APPEND_TIMEOUT_MS, readTimeoutMs: 1200 });

const errorOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'answered',
    (error: unknown) => error,
  );

test('an append whose reply is lost is found in the stream and written once', async ({ double, store }) => {
  const [stream, events] = [newStream(), counted(3)];
  double.arm({ rpc: 'append', stream, when: 'after', action: 'hang' });
  const { revision, position } = await store.append(stream, events, 'no_stream');
  const stored = await store.readStream(stream);
  assert.equal(idsOf(stored), idsOf(events));
  assert.equal({ revision, position }, { revision: 2n, position: stored[2]?.position });
  assert.is(double.calls('append').length, 1);
});

test('an append that hangs before it is committed is sent again', async ({ double, store }) => {
  const [stream, events] = [newStream(), counted(2)];
  double.arm({ rpc: 'append', stream, when: 'before', action: 'hang' });
  assert.is((await store.append(stream, events, 'no_stream')).revision, 1n);
  assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  assert.is(double.calls('append').length, 2);
});

test('an append is written once when the connection is cut before or after the commit', async ({ double, store }) => {
  for (const when of ['before', 'after'] as const) {
    const [stream, events] = [newStream(), counted(2)];
    double.arm({ rpc: 'append', stream, when, action: 'cut' });
    await store.append(stream, events, 'no_stream');
    assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  }
});

test('a server that answers nonsense for a while is asked again', async ({ double, store }) => {
  for (const code of [status.INTERNAL, status.UNKNOWN, status.UNAVAILABLE, status.ABORTED, status.CANCELLED])
    for (const when of ['before', 'after'] as const) {
      const [stream, events] = [newStream(), counted(1)];
      double.arm({ rpc: 'append', stream, when, action: { code } });
      await store.append(stream, events, 'no_stream');
      assert.is((await store.readStream(stream)).length, 1);
    }
});

test('an answer without content is not awaited for ever', async ({ double, store }) => {
  const stream = newStream();
  double.arm({ rpc: 'append', stream, action: 'end' });
  assert.is((await store.append(stream, counted(1), 'no_stream')).revision, 0n);
});

test('a slow server is waited for', async ({ double, store }) => {
  const stream = newStream();
  double.arm({ rpc: 'append', stream, action: { delayMs: 300 } });
  assert.is((await store.append(stream, counted(1), 'no_stream')).revision, 0n);
  assert.is(double.calls('append').length, 1);
});

test('appends to one stream do not overtake each other when the first is slow', async ({ double, store }) => {
  const [stream, first, second] = [newStream(), counted(1), counted(1)];
  double.arm({ rpc: 'append', stream, action: { delayMs: 200 } });
  await Promise.all([store.append(stream, first, 'no_stream'), store.append(stream, second, 0n)]);
  assert.equal(idsOf(await store.readStream(stream)), idsOf([...first, ...second]));
});

test('a change that a caller makes during its append is not stored', async ({ store }) => {
  const [stream, data] = [newStream(), { items: ['a'] }];
  const appending = store.append(stream, [event(data)], 'no_stream');
  data.items.push('b');
  await appending;
  assert.equal((await store.readStream(stream))[0]?.data, { items: ['a'] });
});

test('closing waits for running reads', async ({ double, store }) => {
  const stream = newStream();
  await store.append(stream, counted(2), 'no_stream');
  const closing = openEventStoreDb({ url: double.url, readTimeoutMs: 1000 });
  double.arm({ rpc: 'read', stream, action: { delayMs: 200 } });
  const reading = closing.readStream(stream);
  while (double.calls('read').length === 0) await new Promise(setImmediate);
  await closing.close();
  assert.is((await reading).length, 2);
});

test('a server that never answers is given up in time, and what was asked later still works', async ({
  double,
  store,
}) => {
  const stream = newStream();
  double.arm({ rpc: 'append', stream, action: 'hang', times: 100 });
  const began = performance.now();
  const error = await errorOf(store.append(stream, counted(1), 'no_stream'));
  assert.instance(error, StoreUnavailable);
  assert.match(String(error), /no answer to an append/, 'the reason, not only that time is up');
  assert.ok(performance.now() - began < APPEND_TIMEOUT_MS + 700);
  double.clearFaults();
  assert.is((await store.append(stream, counted(1), 'no_stream')).revision, 0n);
});

test('an append that loses its reply and then its race says so', async ({ double, store }) => {
  const stream = newStream();
  double.arm({ rpc: 'append', stream, when: 'before', action: 'hang' });
  const late = errorOf(store.append(stream, counted(1), 'no_stream'));
  const other = openEventStoreDb({ url: double.url });
  while (double.calls('append').length === 0) await new Promise(setImmediate);
  await other.append(stream, counted(1), 'no_stream');
  await other.close();
  const error = await late;
  assert.instance(error, WrongExpectedRevision);
  assert.is((error as WrongExpectedRevision).actual, 0n);
});

test('a server whose features cannot be asked for is never asked for them', async ({ double, store }) => {
  double.arm({ rpc: 'features', action: { code: status.INTERNAL }, times: 100 });
  const fresh = openEventStoreDb({ url: double.url });
  await fresh.append(newStream(), counted(1), 'no_stream');
  await store.append(newStream(), counted(1), 'no_stream');
  await fresh.close();
  assert.is(double.calls('features').length, 0, "and so no append goes by way of the client's own batches");
});

test('after a leader change appends, reads and subscriptions go to the new leader', async () => {
  const [double, leader] = [await startWireDouble(), await startWireDouble()];
  const store = openEventStoreDb({ url: double.url });
  const [prefix, events] = [newPrefix(), counted(2)];
  const stream = newStream(prefix);
  assert.equal(await store.readStream(stream), []);
  double.follow(leader.port);
  assert.equal(await store.readStream(stream), []);
  await store.append(stream, events, 'no_stream');
  assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  const followed = await followUntil(store, { after: 0n, prefixes: [prefix] }, untilCaughtUp);
  assert.equal(idsOf(followed.events), idsOf(events));
  assert.is(double.calls('append').length, 0, 'the read had found the leader');
  await store.close();
  await leader.stop();
  await double.stop();
});

test('an append that the leader answers is not read back', async ({ double, store }) => {
  const [stream, events] = [newStream(), [event({}, { hash: 'a' }), event({}, { hash: 'b' })]];
  const appended = await store.append(stream, events, 'no_stream');
  assert.is(double.calls('read').length, 0);
  const stored = await store.readStream(stream);
  assert.equal(
    stored.map(({ id, metadata }) => ({ id, metadata })),
    events.map(({ id, metadata }) => ({ id, metadata })),
  );
  assert.equal(appended, { revision: 1n, position: stored[1]?.position });
  assert.equal(await store.append(stream, events, 'no_stream'), appended, 'repeated');
});

test('an event that another process has appended under the same id with other content is not acknowledged', async ({
  double,
  store,
}) => {
  const other = openEventStoreDb({ url: double.url });
  for (let round = 0; round < 20; round++) {
    const [stream, first] = [newStream(), event({ from: 'one' }, { hash: 'one' })];
    const second = { ...first, data: { from: 'other' }, metadata: { hash: 'other' } };
    const outcomes = await Promise.allSettled([
      store.append(stream, [first], 'no_stream'),
      other.append(stream, [second], 'no_stream'),
    ]);
    assert.is(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    const [stored] = await store.readStream(stream);
    assert.is(stored?.metadata['hash'], outcomes[0].status === 'fulfilled' ? 'one' : 'other');
  }
  await other.close();
});

test('a node that is not the leader sends the append to the leader', async ({ double, store }) => {
  const leader = await startWireDouble();
  const [stream, trailers] = [
    newStream(),
    { exception: 'not-leader', 'leader-endpoint-host': '127.0.0.1', 'leader-endpoint-port': String(leader.port) },
  ];
  double.arm({ rpc: 'append', stream, action: { code: status.NOT_FOUND, trailers }, times: 100 });
  assert.is((await store.append(stream, counted(1), 'no_stream')).revision, 0n);
  assert.is(leader.calls('append').length, 1);
  await leader.stop();
  assert.equal(await store.readStream(stream), [], 'back at the first node once the leader is gone');
});

test('an append that the server cannot take is rejected before it is sent', async ({ double, store }) => {
  const badData = [{ amount: 1n } as unknown as JsonObject, undefined as unknown as JsonObject]; // past the types
  const badIds = ['', 'order 7', '00000000-0000-0000-0000-000000000000', event().id.toUpperCase()];
  const bad = [
    ...badData.map((data) => ({ ...event(), data })),
    ...badIds.map((id) => ({ ...event(), id })),
    { ...event(), type: '' },
  ];
  for (const each of bad)
    assert.instance(await errorOf(store.append(newStream(), [each], 'no_stream')), TypeError, each.id);
  assert.is(double.calls('append').length, 0);
});

test('an append that is too large for the server is rejected once, and not repeated', async ({ double, store }) => {
  const unhurried = openEventStoreDb({ url: double.url }); // five megabytes take their time on a busy machine
  const huge = unhurried.append(newStream(), [event({ text: 'x'.repeat(5_000_000) })], 'no_stream');
  const tooLargeToRead = await errorOf(huge);
  await unhurried.close();
  assert.instance(tooLargeToRead, AppendTooLarge);
  assert.is((tooLargeToRead as AppendTooLarge).maxBytes, MESSAGE_BYTES);
  assert.is(double.calls('append').length, 1);
  const error = await errorOf(store.append(newStream(), [event({ text: 'x'.repeat(1_100_000) })], 'no_stream'));
  assert.instance(error, AppendTooLarge);
  assert.is((error as AppendTooLarge).maxBytes, 1024 * 1024);
  assert.is(double.calls('append').length, 2);
});

test('a connection that carries nothing any more is replaced after the first time-out', async ({ double }) => {
  const dropped: string[] = [];
  const store = openEventStoreDb({
    url: double.url,
    appendTimeoutMs: 6_000,
    readTimeoutMs: 6_000,
    onDropped: ({ message }) => void dropped.push(message),
  });
  const [prefix, events] = [newPrefix(), counted(1)];
  const stream = newStream(prefix);
  let appending: Promise<unknown> | undefined;
  const followed = await followUntil(store, { after: 0n, prefixes: [prefix] }, (so) => {
    if (untilCaughtUp(so) && appending === undefined) {
      double.freezeConnections();
      appending = store.append(stream, events, 'no_stream');
    }
    return so.events.length === 1;
  });
  await appending;
  assert.equal(idsOf(followed.events), idsOf(events));
  assert.match(dropped.join(), /given up/);
  assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  await store.close();
});

test('readers of one stream share a call, but none gets an answer older than its question', async ({
  double,
  store,
}) => {
  const stream = newStream();
  await store.append(stream, counted(1), 'no_stream');
  double.forgetCalls();
  const reads = Array.from({ length: 40 }, () => store.readStream(stream));
  const early = Promise.all(reads);
  while (double.calls('read').length === 0) await new Promise(setImmediate);
  await store.append(stream, counted(1), 0n);
  const late = await Promise.all(Array.from({ length: 40 }, () => store.readStream(stream)));
  assert.ok(
    late.every((events) => events.length === 2),
    'what was appended before is seen',
  );
  assert.ok((await early).every((events) => events.length >= 1));
  assert.ok(double.calls('read').length <= 3, `${double.calls('read').length} calls for 80 readers`);
});

test('a read is asked again when the line was cut, and given up when nothing comes', async ({ double, store }) => {
  const stream = newStream();
  await store.append(stream, counted(1), 'no_stream');
  double.arm({ rpc: 'read', stream, action: 'cut' });
  assert.is((await store.readStream(stream)).length, 1);
  double.arm({ rpc: 'read', stream, action: 'hang' });
  assert.is((await store.readStream(stream)).length, 1);
  double.arm({ rpc: 'read', stream, action: 'hang', times: 3 });
  assert.instance(await errorOf(store.readStream(stream)), StoreUnavailable);
  assert.is((await store.readStream(stream)).length, 1);
});

test.run();
