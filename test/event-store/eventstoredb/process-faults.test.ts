// time limit: 120 s
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/index.ts';
import { StoreUnavailable, type EventStore } from '../../../src/event-store/port.ts';
import {
  assertIncreasing,
  counted,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  untilCaughtUp,
} from '../../contract/event-store/support.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary.ts';
import { spawnWireDouble } from '../../support/wire-double/spawn.ts';

const WRITERS = 8;

type Context = { folder: TemporaryFolder };
const test = suite<Context>('an EventStoreDB process that is killed or frozen');

test.before.each(async (context) => {
  context.folder = await temporaryFolder();
});
test.after.each(({ folder }) => folder.remove());

/** Appends one event after another until told to stop; every id that was acknowledged is noted. */
const write = async (store: EventStore, prefix: string, until: AbortSignal): Promise<readonly string[]> => {
  const [stream, ids]: [string, string[]] = [newStream(prefix), []];
  while (!until.aborted) {
    const events = counted(2);
    await store.append(stream, events, ids.length === 0 ? 'no_stream' : BigInt(ids.length - 1));
    ids.push(...idsOf(events));
  }
  return ids;
};

test('acknowledged events exist once after a SIGKILL, and subscribers go on', async ({ folder }) => {
  const file = join(folder.path, 'log');
  let server = await spawnWireDouble(file);
  const store = openEventStoreDb({ url: `esdb://127.0.0.1:${server.port}?tls=false`, silenceMs: 500 });
  const [prefix, stop] = [newPrefix(), new AbortController()];
  let [seen, goal] = [0, Number.POSITIVE_INFINITY];
  const following = followUntil(store, { after: 0n, prefixes: [prefix], batchSize: 50 }, (so) => {
    seen = so.events.length;
    return seen >= goal && untilCaughtUp(so);
  });
  const writing = Promise.all(Array.from({ length: WRITERS }, () => write(store, prefix, stop.signal)));

  for (let round = 0; round < 2; round++) {
    const before = seen;
    await eventually('writers and subscriber move', () => seen > before + 100, { within: 15_000 });
    await server.kill();
    server = await spawnWireDouble(file, server.port);
  }
  stop.abort();
  const written = (await writing).flat();
  goal = written.length;
  await store.append(newStream(prefix), counted(1), 'no_stream'); // wakes the follower, which may be waiting already
  const { events } = await following;
  assertIncreasing(events);
  const ids = idsOf(events);
  assert.is(new Set(ids).size, ids.length);
  assert.ok(ids.length - written.length <= 1);
  assert.equal(
    written.filter((id) => !ids.includes(id)),
    [],
  );
  await store.close();
  await server.kill();
});

test('a frozen server is given up in time, and takes up again where it was', async ({ folder }) => {
  const server = await spawnWireDouble(join(folder.path, 'log'));
  const store = openEventStoreDb({
    url: `esdb://127.0.0.1:${server.port}?tls=false`,
    appendTimeoutMs: 900,
    readTimeoutMs: 500,
    silenceMs: 300,
  });
  const [prefix, stream, events] = [newPrefix(), newStream(), counted(2)];
  await store.append(newStream(prefix), counted(1), 'no_stream');
  let again: Promise<unknown> | undefined;
  const following = followUntil(store, { after: 0n, prefixes: [prefix] }, (so) => {
    if (untilCaughtUp(so)) again ??= freeze();
    return so.events.length === 2;
  });
  const freeze = async (): Promise<void> => {
    server.signal('SIGSTOP');
    const began = performance.now();
    const error: unknown = await store.append(stream, events, 'no_stream').catch((reason: unknown) => reason);
    assert.instance(error, StoreUnavailable);
    assert.ok(performance.now() - began < 2_500);
    server.signal('SIGCONT');
    await eventually('the same append again is answered', () => store.append(stream, events, 'no_stream'));
    assert.equal(idsOf(await store.readStream(stream)), idsOf(events));
    await store.append(newStream(prefix), counted(1), 'no_stream');
  };
  assert.is((await following).events.length, 2);
  await again;
  await store.close();
  await server.kill();
});

test.run();
