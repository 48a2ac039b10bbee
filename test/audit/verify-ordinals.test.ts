import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyLog } from '../../src/audit/verification/verify-log.ts';
import { openMemoryEventStore } from '../../src/event-store/memory.ts';
import { textsOf } from '../../src/event-store/hash-chain.ts';
import type { EventStore, StoredEvent } from '../../src/event-store/port.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openEventLog } from '../support/event-log.ts';
import { placeOrders, recordUntil } from './audit-world.ts';

const test = suite('verification where entries are counted, as with EventStoreDB');
let database: TestDatabase;
let store: EventStore;
let streams: readonly string[];

test.before(async () => {
  database = await openTestDatabase();
  store = openMemoryEventStore();
  streams = await placeOrders(openEventLog(store), 100);
  await recordUntil({ db: database.db, store, numbering: 'ordinals' }, ({ size }) => size === 300);
});
test.after(() => database.close());

/** The store as someone left it who changed it: PostgreSQL is the witness. */
const changed = (change: (events: readonly StoredEvent[]) => readonly StoredEvent[]): EventStore => {
  const all = async (): Promise<readonly StoredEvent[]> =>
    change((await store.readAll({ after: 0n, limit: 1_000, prefixes: [''] })).events);
  return {
    ...store,
    readTexts: async ({ after, limit }) => {
      const events = (await all()).filter(({ position }) => position > after).slice(0, limit);
      return textsOf({ events, position: events.at(-1)?.position ?? after, caughtUp: events.length < limit });
    },
    readStream: async (stream, { from = 0n, limit } = {}) =>
      (await all()).filter((event) => event.stream === stream && event.revision >= from).slice(0, limit),
  };
};

const placesIn = async (changedStore: EventStore): Promise<readonly unknown[]> => {
  const { findings } = await verifyLog({
    db: database.db,
    store: changedStore,
    numbering: 'ordinals',
    keys: undefined,
    folder: '/nowhere',
    readDocument: () => Promise.resolve(undefined),
    canOpen: () => true,
  });
  return findings
    .filter(({ kind }) => kind !== 'key_missing')
    .map(({ kind, stream, revision, index }) => [kind, stream, revision, index]);
};

const [MIDDLE, END] = [4n, 6n];

test('an untouched log has no findings', async () => assert.equal(await placesIn(store), []));

test('a missing event is found although those behind it moved up', async () => {
  assert.equal(await placesIn(changed((events) => events.filter(({ position }) => position !== MIDDLE + 1n))), [
    ['gap', streams[1], 1, 4],
  ]);
});

test('a lost end of a stream, a removed stream, and a lost end of the log', async () => {
  assert.equal(await placesIn(changed((events) => events.filter(({ position }) => position !== END))), [
    ['truncated', streams[1], 2, 5],
  ]);
  const [removed] = await placesIn(changed((events) => events.filter(({ stream }) => stream !== streams[1])));
  assert.equal(removed, ['removed_stream', streams[1], undefined, 5]);
  assert.equal(await placesIn(changed((events) => events.slice(0, -1))), [
    ['truncated', streams[99], 2, 299],
    ['truncated', undefined, undefined, 299],
  ]);
});

test('changed content', async () => {
  const forged = (event: StoredEvent): StoredEvent =>
    event.position === 2n ? { ...event, data: { forged: true } } : event;
  assert.equal(await placesIn(changed((events) => events.map(forged))), [['changed', streams[0], 1, 1]]);
});

test.run();
