import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Client } from 'pg';
import { StoreUnavailable, type Appended, type EventStore, type NewEvent } from '../../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../../src/event-store/postgres/index.ts';
import {
  assertIncreasing,
  counted,
  followUntil,
  idsOf,
  newPrefix,
  newStream,
  readEverything,
  untilCaughtUp,
  untilCount,
} from '../../contract/event-store/support.ts';
import { createDice, seed } from '../../support/random.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { terminate } from './support.ts';

const LIMIT_MS = 600;

type Context = {
  database: TestDatabase;
  proxy: TcpProxy;
  /** Over the bad line. */
  store: EventStore;
  /** Over a good one. */
  other: EventStore;
};
const test = suite<Context>('PostgreSQL event store: outages');

test.before(async (context) => {
  context.database = await openTestDatabase();
  const url = new URL(context.database.url);
  context.proxy = await openTcpProxy(Number(url.port));
  url.port = String(context.proxy.port);
  const limits = { appendTimeoutMs: LIMIT_MS, readTimeoutMs: 1_000, pollMs: 100 };
  context.store = openPostgresEventStore({ ...limits, url: url.href, applicationName: 'shaky' });
  context.other = openPostgresEventStore({ url: context.database.url, applicationName: 'steady' });
});
test.before.each(({ proxy }) => proxy.mode('pass'));
test.after(async ({ store, other, proxy, database }) => {
  await Promise.all([store.close(), other.close()]);
  await proxy.close();
  await database.close();
});

const assertUnavailable = async (asked: Promise<unknown>, withinMs: number): Promise<void> => {
  const start = performance.now();
  const answer: unknown = await asked.catch((error: unknown) => error);
  assert.instance(answer, StoreUnavailable);
  assert.ok(performance.now() - start < withinMs, `after ${Math.round(performance.now() - start)} ms`);
};

/** What a caller does who got no answer: the same again. */
const appendWithRetries = async (store: EventStore, stream: string, events: readonly NewEvent[]): Promise<Appended> =>
  eventually('the append is answered', () => store.append(stream, events, 'no_stream'), { within: 20_000 });

test('an append whose answer was lost is answered all the same, and stored once', async ({ proxy, store, other }) => {
  const [stream, events] = [newStream(), counted(3)];
  await store.append(newStream(), counted(1), 'no_stream');
  proxy.mode('mute');
  const appending = store.append(stream, events, 'no_stream');
  const stored = await eventually('it is stored', async () => {
    const found = await other.readStream(stream);
    return found.length > 0 && found;
  });
  proxy.mode('pass');
  proxy.cut();
  assert.equal(await appending, { revision: 2n, position: stored.at(-1)?.position });
  assert.equal(await other.readStream(stream), stored);
});

test('an append never answered in time can be repeated for the same answer', async ({ proxy, store, other }) => {
  const [stream, events] = [newStream(), counted(2)];
  proxy.mode('mute');
  await assertUnavailable(store.append(stream, events, 'no_stream'), 2 * LIMIT_MS);
  proxy.mode('pass');
  const answer = await appendWithRetries(store, stream, events);
  const stored = await other.readStream(stream);
  assert.equal(idsOf(stored), idsOf(events));
  assert.equal(answer, { revision: 1n, position: stored.at(-1)?.position });
});

test('a server that no longer answers holds an append no longer than its limit', async ({ proxy, store }) => {
  await store.append(newStream(), counted(1), 'no_stream');
  proxy.mode('frozen');
  const several = Array.from({ length: 5 }, () => store.append(newStream(), counted(1), 'no_stream'));
  await Promise.all(several.map((append) => assertUnavailable(append, 2 * LIMIT_MS)));
  proxy.mode('pass');
  await appendWithRetries(store, newStream(), counted(1));
});

test('a lock of another session delays an append no longer than its limit', async ({ database, store }) => {
  const holder = new Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('select pg_advisory_lock(2002874722, 1)');
  await assertUnavailable(store.append(newStream(), counted(1), 'no_stream'), 2 * LIMIT_MS);
  await holder.end();
  await appendWithRetries(store, newStream(), counted(1));
});

test('a store that cannot be reached says so, and works again once it can', async ({ proxy, store }) => {
  proxy.mode('refuse');
  proxy.cut();
  await assertUnavailable(store.append(newStream(), counted(1), 'no_stream'), 2 * LIMIT_MS);
  await assertUnavailable(store.readStream(newStream()), 2_000);
  await assertUnavailable(store.head(), 2_000);
  proxy.mode('pass');
  const stream = newStream();
  await appendWithRetries(store, stream, counted(1));
  assert.is((await store.readStream(stream)).length, 1);
});

test('subscriptions live through an outage and miss nothing, repeat nothing', async ({ proxy, store, other }) => {
  const prefix = newPrefix();
  const outages = [
    () => proxy.cut(),
    () => proxy.mode('frozen'),
    () => {
      proxy.mode('refuse');
      proxy.cut();
    },
  ];
  const following = followUntil(store, { after: 0n, prefixes: [prefix], batchSize: 2 }, untilCount(30));
  for (const outage of outages) {
    for (let n = 0; n < 5; n++) await other.append(newStream(prefix), counted(1), 'no_stream');
    await pause(50);
    outage();
    for (let n = 0; n < 5; n++) await other.append(newStream(prefix), counted(1), 'no_stream');
    await pause(50);
    proxy.mode('pass');
  }
  const { events } = await following;
  assert.equal(events, await readEverything(other, prefix));
});

test('subscriptions and appends survive a restart of the database', async ({ database, store, other }) => {
  const prefix = newPrefix();
  let caughtUp = false;
  const following = followUntil(store, { after: 0n, prefixes: [prefix] }, (so) => {
    caughtUp ||= untilCaughtUp(so);
    return untilCount(20)(so);
  });
  await eventually('the subscriber has caught up', () => caughtUp);
  for (let n = 0; n < 20; n++) {
    if (n % 5 === 0) assert.ok((await terminate(database.db, 's%y')) > 0, 'a session was there');
    await appendWithRetries(n % 2 === 0 ? store : other, newStream(prefix), counted(1));
  }
  const { events } = await following;
  assert.equal(events, await readEverything(other, prefix));
});

test('killed writers lose no acknowledged event, and no event is stored twice', async (context) => {
  const { database, store, other } = context;
  const prefix = newPrefix();
  const [last] = counted(1);
  assert.ok(last);
  const options = { after: 0n, prefixes: [prefix], batchSize: 7 };
  const following = followUntil(other, options, ({ events }) => events.at(-1)?.id === last.id);

  const dice = createDice(seed);
  let killed = 0;
  const killing = (async () => {
    while (killed < 10) {
      await pause(20 + dice.below(60)); // long enough to connect again and get something done
      killed += await terminate(database.db, 'shaky');
    }
  })();
  const write = async (through: EventStore): Promise<readonly string[]> => {
    const ids: string[] = [];
    while (killed < 10) {
      const events = counted(3);
      await appendWithRetries(through, newStream(prefix), events);
      ids.push(...idsOf(events));
    }
    return ids;
  };
  const writing = Array.from({ length: 8 }, (_, n) => write(n % 2 === 0 ? store : other));
  const acknowledged = (await Promise.all(writing)).flat();
  await killing;
  await other.append(newStream(prefix), [last], 'no_stream');

  const stored = await readEverything(other, prefix);
  assertIncreasing(stored);
  assert.equal(idsOf(stored).toSorted(), [...acknowledged, last.id].toSorted());
  assert.equal(idsOf((await following).events), idsOf(stored));
});

test('a store closes even when the server no longer answers', async ({ proxy, database }) => {
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const store = openPostgresEventStore({ url: url.href, appendTimeoutMs: LIMIT_MS });
  await store.append(newStream(), counted(1), 'no_stream');
  await store.head();
  proxy.mode('frozen');
  const start = performance.now();
  await store.close();
  assert.ok(performance.now() - start < 4_000);
});

test.run();
