import { createHash } from 'node:crypto';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isOwnEvent } from '../../../src/event-store/codec.ts';
import { openEventStoreDb, type EventStoreDbOptions } from '../../../src/event-store/eventstoredb/index.ts';
import { createPlaces } from '../../../src/event-store/eventstoredb/places.ts';
import type { NewEvent } from '../../../src/event-store/port.ts';
import {
  counted,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  scatter,
  untilCaughtUp,
} from '../../contract/event-store/support.ts';
import { onDouble, type Faulty } from './support.ts';

type Context = Faulty & { admin: EventStoreDBClient };
/** Makes the client write by Append. */
const credentials = { username: 'admin', password: 'changeit' };

const test = suite<Context>('an EventStoreDB that others write to as well');
onDouble(test);
test.before((context) => {
  context.admin = EventStoreDBClient.connectionString(context.double.url);
});
test.after(({ admin }) => admin.dispose());

test('a stream that was deleted reads as empty, may begin anew and still repeats appends', async ({ admin, store }) => {
  const [stream, events] = [newStream(), counted(2)];
  await store.append(stream, counted(3), 'no_stream');
  await admin.deleteStream(stream);
  assert.equal(await store.readStream(stream), []);
  const appended = await store.append(stream, events, 'no_stream');
  assert.is(appended.revision, 4n, 'revisions go on behind the deleted ones');
  assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
  assert.equal(await store.append(stream, events, 'no_stream'), appended);
});

test('an append that was deleted is not acknowledged when it is repeated', async ({ admin, store }) => {
  const [stream, events] = [newStream(), counted(2)];
  await store.append(stream, events, 'no_stream');
  await admin.deleteStream(stream);
  const error: unknown = await store.append(stream, events, 'no_stream').catch((reason: unknown) => reason);
  assert.match(String(error), /was deleted/);
});

test('system events of the server never reach a reader', async ({ admin, store }) => {
  const prefix = newPrefix();
  const [kept, buried] = [newStream(prefix), newStream(prefix)];
  const [before, events] = [await store.head(), counted(2)];
  await store.append(kept, events.slice(0, 1), 'no_stream');
  await admin.setStreamMetadata(kept, { maxCount: 100 }, { credentials });
  await store.append(buried, events.slice(1), 'no_stream');
  await admin.tombstoneStream(buried);
  for (const prefixes of [[prefix], [''], ['$', prefix]]) {
    const followed = await followUntil(store, { after: before, prefixes }, untilCaughtUp);
    assert.equal(idsOf(followed.events), idsOf(events));
    const page = await store.readAll({ after: before, limit: 10, prefixes });
    assert.equal(idsOf(page.events), idsOf(events));
    assert.is(page.position, await store.head(), 'and yet a reader gets past it');
  }
});

/** Opens a store that knows its events as the product does, and notes the foreign ones. */
const openOwn = ({ double }: Context, options: Partial<EventStoreDbOptions> = {}) => {
  const foreign: string[] = [];
  const onForeign = ({ stream }: { readonly stream: string }): void => void foreign.push(stream);
  return { foreign, store: openEventStoreDb({ url: double.url, isOwn: isOwnEvent, onForeign, ...options }) };
};

/** Events with what the codec adds to every one. */
const encoded = (count: number): readonly NewEvent[] =>
  counted(count).map((one) => ({
    ...one,
    metadata: { hash: createHash('sha256').update(one.id).digest('hex'), schema_version: 1 },
  }));

test('events of other applications stop nothing: they are skipped and counted', async (context) => {
  const { admin } = context;
  const { store, foreign } = openOwn(context);
  const [stream, events, before] = [newStream('order-'), encoded(2), await store.head()];
  const picture = binaryEvent({ type: 'Picture', data: Buffer.from([1, 2, 3]) });
  const stranger = jsonEvent({ type: 'PaymentCaptured', data: { amount: 1 }, metadata: { source: 'legacy' } });
  await store.append(stream, events.slice(0, 1), 'no_stream');
  await admin.appendToStream('payment-77', stranger, { credentials });
  await admin.appendToStream('inventory-1', [picture, jsonEvent({ type: 'Counted', data: 'text' })], { credentials });
  await store.append(stream, events.slice(1), 0n);
  for (const prefixes of [[''], ['order-', 'payment-'], ['order-']]) {
    const followed = await followUntil(store, { after: before, prefixes }, untilCaughtUp);
    assert.equal(idsOf(followed.events), idsOf(events), prefixes.join());
    const page = await store.readAll({ after: before, limit: 10, prefixes });
    assert.equal(idsOf(page.events), idsOf(events), prefixes.join());
    assert.is(page.position, await store.head(), 'a reader gets past them');
  }
  assert.equal(await store.readStream('payment-77'), []);
  assert.equal(new Set(foreign), new Set(['payment-77', 'inventory-1']));
  await store.close();
});

test('hashes are as many as asked for, however many events of others lie between', async (context) => {
  const { admin } = context;
  const { store } = openOwn(context);
  const [stream, events, before] = [newStream('order-'), encoded(3), await store.head()];
  const others = (count: number) => Array.from({ length: count }, () => jsonEvent({ type: 'Counted', data: { n: 1 } }));
  await admin.appendToStream('inventory-2', others(1_200), { credentials });
  await store.append(stream, events.slice(0, 2), 'no_stream');
  await admin.appendToStream('inventory-2', others(3), { credentials });
  await store.append(stream, events.slice(2), 1n);
  await admin.appendToStream('inventory-2', others(120), { credentials });
  const hashes = events.map(({ metadata }) => metadata['hash']);
  for (const limit of [1, 2, 3, 256]) {
    const page = await store.readHashes({ after: before, limit });
    assert.equal(
      page.hashes.map(({ hash }) => hash),
      hashes.slice(0, limit),
    );
    assert.is(page.caughtUp, limit > 3);
  }
  await store.close();
});

test('one who asks for the event at a position reads it, and not the log before it', async ({ store, double }) => {
  const [prefix, before] = [newPrefix(), await store.head()];
  await scatter(store, prefix, 4);
  const { hashes } = await store.readHashes({ after: before, limit: 10 });
  for (const { position, revision } of hashes) {
    double.forgetCalls();
    const page = await store.readHashes({ after: position - 1n, limit: 1 });
    assert.equal(
      page.hashes.map((one) => [one.position, one.revision]),
      [[position, revision]],
    );
    assert.is(double.calls('read').length, 2, 'the first is told that there is no such place');
  }
});

test('two applications with prefixes of their own share a server without seeing each other', async (context) => {
  const [one, other] = [openOwn(context, { prefix: 'one.' }), openOwn(context, { prefix: 'other.' })];
  const [stream, events, before] = [newStream('order-'), encoded(2), await one.store.head()];
  const appended = await one.store.append(stream, events, 'no_stream');
  await other.store.append(stream, encoded(1), 'no_stream');
  assert.equal(await one.store.append(stream, events, 'no_stream'), appended);
  for (const prefixes of [[''], ['order-']]) {
    const followed = await followUntil(one.store, { after: before, prefixes }, untilCaughtUp);
    assert.equal(idsOf(followed.events), idsOf(events));
    assert.equal(new Set(followed.events.map((event) => event.stream)), new Set([stream]), 'without the prefix');
    const page = await one.store.readAll({ after: before, limit: 10, prefixes });
    assert.equal(idsOf(page.events), idsOf(events));
  }
  assert.equal(idsOf(await one.store.readStream(stream)), idsOf(events));
  assert.is((await other.store.readStream(stream)).length, 1);
  await one.store.close();
  await other.store.close();
});

test('a stream that may never be used again reads as empty', async ({ admin, store }) => {
  const stream = newStream();
  await store.append(stream, counted(2), 'no_stream');
  await admin.tombstoneStream(stream);
  assert.equal(await store.readStream(stream), []);
  assert.equal(await store.readStream(stream, { direction: 'backwards', limit: 1 }), []);
});

test('a reader may begin at a position that is no event: the next event is found', async ({ store }) => {
  const [prefix, before] = [newPrefix(), await store.head()];
  const ids = await scatter(store, prefix, 4);
  const { events } = await store.readAll({ after: before, limit: 10, prefixes: [prefix] });
  for (const [index, { position }] of events.entries())
    for (const after of [position - 1n, position, position + 1n]) {
      const expected = ids.slice(after < position ? index : index + 1);
      if (after > (events.at(-1)?.position ?? 0n)) continue; // beyond the end, which is told
      const page = await store.readAll({ after, limit: 10, prefixes: [prefix] });
      assert.equal(idsOf(page.events), expected);
      assert.ok(page.position >= after);
      const followed = await followUntil(store, { after, prefixes: [prefix] }, untilCaughtUp);
      assert.equal(idsOf(followed.events), expected);
    }
});

test('a position between events is found from the nearest place passed before', async () => {
  const positions = Array.from({ length: 5_000 }, (_, n) => BigInt(100 + n * 10));
  const asked: bigint[] = [];
  const findPlace = createPlaces(async (from, limit) => {
    asked.push(from);
    const start = positions.findIndex((one) => one >= from);
    const found = start < 0 ? [] : positions.slice(start, start + limit);
    return Promise.resolve({ positions: found, isEnd: found.length < limit });
  });
  assert.is(await findPlace(99n), 0n);
  assert.is(await findPlace(40_105n), 40_100n);
  assert.ok(asked.length > 4);
  asked.length = 0;
  assert.is(await findPlace(40_117n), 40_110n);
  assert.is(asked.length, 1);
  assert.is(await findPlace(1_000_000n), positions.at(-1));
});

test.run();
