import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { growTree, leafHash } from '../../src/audit/formats/merkle.ts';
import { readProgress, recordedRoot } from '../../src/audit/log-tree.ts';
import { entryOf } from '../../src/audit/record-log.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { StoreUnavailable, type EventStore } from '../../src/event-store/port.ts';
import { openEventLog } from '../support/event-log.ts';
import { eventually } from '../support/eventually.ts';
import {
  openAuditWorld,
  placeOrders,
  recordAll,
  recordUntil,
  startRecorder,
  tamper,
  type AuditWorld,
} from './audit-world.ts';

const test = suite<AuditWorld>('recording the log');
test.before.each(async (world) => {
  Object.assign(world, await openAuditWorld());
});
test.after.each(({ close }) => close());

/** The root that the log itself gives. */
const rootOf = async (store: EventStore): Promise<string> => {
  const tree = growTree();
  const { hashes } = await store.readHashes({ after: 0n, limit: 10_000 });
  for (const { hash } of hashes) tree.append(leafHash(entryOf(hash) ?? new Uint8Array()));
  return Buffer.from(tree.root()).toString('hex');
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('keeps the tree of the log, and how long each stream is', async ({ db, store, log }) => {
  const streams = await placeOrders(log, 90);
  const { size } = await recordAll({ db, store });
  assert.is(size, 270);
  assert.is(hex(await recordedRoot(db, size)), await rootOf(store));
  const rows = await db('log_streams').select();
  assert.equal(
    rows.map((row: { stream: string; length: string }) => [row.stream, row.length]).toSorted(),
    streams.map((stream) => [stream, '3']).toSorted(),
  );
  const [first = ''] = streams;
  const last = (await store.readStream(first)).at(-1);
  const row = await db<{ last_hash: Buffer }>('log_streams').where('stream', first).first();
  assert.is(row?.last_hash.toString('hex'), last?.metadata['hash']);
});

test('goes on where it stopped, also in the middle of a tile', async ({ db, store, log }) => {
  for (const orders of [1, 50, 40]) {
    await placeOrders(log, orders);
    const { size } = await recordAll({ db, store });
    assert.is(hex(await recordedRoot(db, size)), await rootOf(store), `size ${size}`);
  }
});

test('two processes record each event once', async ({ db, store, log }) => {
  const recorders = [startRecorder({ db, store, pauseMs: 1 }), startRecorder({ db, store, pauseMs: 1 })];
  await placeOrders(log, 30);
  await eventually('all is recorded', async () => (await readProgress(db)).size === 90);
  for (const recorder of recorders) await recorder.stop();
  assert.is(hex(await recordedRoot(db, 90)), await rootOf(store));
});

test('counts the events of a store whose positions have gaps', async ({ db }) => {
  const memory = openMemoryEventStore();
  const spread = (position: bigint): bigint => position * 7n;
  const store: EventStore = {
    ...memory,
    readHashes: async ({ after, limit }) => {
      const page = await memory.readHashes({ after: after / 7n, limit });
      return {
        ...page,
        position: spread(page.position),
        hashes: page.hashes.map((event) => ({ ...event, position: spread(event.position) })),
      };
    },
  };
  await placeOrders(openEventLog(memory), 5);
  const { position } = await recordUntil({ db, store, numbering: 'ordinals' }, ({ size }) => size === 15);
  assert.is(position, 105n);
  assert.is(hex(await recordedRoot(db, 15)), await rootOf(memory));
});

test('looks once at what others wrote behind the last event', async ({ db, store, log }) => {
  await placeOrders(log, 1);
  const last = await store.head();
  const end = last + 1_000n;
  const asked: bigint[] = [];
  const shared: Pick<EventStore, 'readHashes'> = {
    readHashes: async (range) => {
      asked.push(range.after);
      const page = await store.readHashes(range);
      return page.caughtUp ? { ...page, position: end } : page;
    },
  };
  const recorder = startRecorder({ db, store: shared, numbering: 'ordinals', pauseMs: 1 });
  await eventually('it looks behind them', () => Promise.resolve(asked.includes(end)));
  await recorder.stop();
  const { size, position } = await readProgress(db);
  assert.equal([size, position], [3, last], 'the last of its own events is held against the record later');
  assert.is(asked.filter((after) => after < end).length, 1);
});

test('reads on when the store is back', async ({ db, store, log }) => {
  let failures = 3;
  const shaky: Pick<EventStore, 'readHashes'> = {
    readHashes: (range) => (failures-- > 0 ? Promise.reject(new StoreUnavailable('gone')) : store.readHashes(range)),
  };
  await placeOrders(log, 1);
  await recordUntil({ db, store: shaky }, ({ size }) => size === 3);
  assert.is((await readProgress(db)).failure, null);
});

const failure = async ({ db, store }: AuditWorld): Promise<string | null> =>
  (await recordUntil({ db, store }, (progress) => progress.failure !== null)).failure;

test('stops where an event is missing', async (world) => {
  const { db, log } = world;
  await placeOrders(log, 2);
  await tamper(db, (sql) => sql('events').where({ position: 2 }).delete());
  assert.match(
    (await failure(world)) ?? '',
    /^entry 1 is missing: the next event, order-.* revision 2, is at position 3$/,
  );
  assert.is((await readProgress(db)).size, 0);
});

test('stops where a stream does not go on from what was recorded of it', async (world) => {
  const { db, store, log } = world;
  const [first = ''] = await placeOrders(log, 2);
  await recordAll({ db, store });
  await placeOrders(log, 1);
  await tamper(db, (sql) => sql('events').where({ position: 9 }).update({ stream: first, revision: 4 }));
  assert.is(await failure(world), `${first} revision 4 does not follow: 3 of its events were recorded`);
});

test('stops when an older copy of the log was restored', async (world) => {
  const { db, store, log } = world;
  await placeOrders(log, 2);
  await recordAll({ db, store });
  await tamper(db, (sql) => sql('events').where('position', '>', 4).delete());
  assert.is(await failure(world), 'entry 5, the last one recorded, is no longer in the log');
});

test('goes on when the log is complete again', async (world) => {
  const { db, store, log } = world;
  await placeOrders(log, 2);
  const last = await db<{ position: number }>('events').where({ position: 6 }).select();
  await recordAll({ db, store });
  await tamper(db, (sql) => sql('events').where({ position: 6 }).delete());
  await failure(world);
  await tamper(db, (sql) => sql('events').insert(last));
  await recordUntil({ db, store }, (progress) => progress.failure === null);
});

test.run();
