import { randomUUID } from 'node:crypto';
import { Session, type HeapProfiler } from 'node:inspector/promises';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { isDatabaseOutage } from '../../src/platform/outage.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';

const test = suite<{ database: TestDatabase }>('the database');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(({ database }) => database.close());

const outcome = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => 'answered',
    (error: unknown) => error,
  );

test('a connection that is swallowed fails one call, and no other call waits behind it or behind its like', async ({
  database,
}) => {
  const url = new URL(database.url);
  const proxy = await openTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  const db = openDatabase({ url: url.href, poolSize: 4, answerWithinMs: 1_500 });
  await Promise.all(Array.from({ length: 4 }, () => db.raw('select pg_sleep(0.1)'))); // four connections, idle now
  proxy.swallow();
  const [first, inTransaction] = await Promise.all([
    outcome(db.raw('select 1')),
    outcome(
      db.transaction(async (tx) => {
        await tx.raw('select 1');
      }),
    ),
  ]);
  assert.ok(isDatabaseOutage(first), String(first));
  assert.ok(isDatabaseOutage(inTransaction), String(inTransaction));
  const started = performance.now();
  assert.equal(await Promise.all([1, 2, 3, 4].map(() => outcome(db.raw('select 1')))), Array(4).fill('answered'));
  assert.ok(performance.now() - started < 1_500, 'on new connections, without waiting for a dead one');
  await db.destroy();
  await proxy.close();
});

const sizeOf = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + sizeOf(child), selfSize);

/** Bytes of what was made meanwhile and outlived every young collection, alive or not. */
const grownOld = async (work: () => Promise<unknown>): Promise<number> => {
  const session = new Session();
  session.connect();
  const sampled = { samplingInterval: 16_384, includeObjectsCollectedByMajorGC: true };
  await session.post('HeapProfiler.startSampling', sampled);
  await work();
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  return sizeOf(profile.head);
};

test('what statements have read is freed as soon as it is not used', async ({ database: { db } }) => {
  const read = `select repeat('x', 900) as text from generate_series(1, 200)`;
  const readMuch = async (on: Knex): Promise<void> => {
    for (let n = 0; n < 400; n++) await on.raw(read);
  };
  const kept = await grownOld(() => readMuch(db));
  const keptInTransaction = await grownOld(() => db.transaction(readMuch));
  const [all, most] = [400 * 200 * 900, 30_000_000];
  assert.ok(kept < most && keptInTransaction < most, `of ${all} bytes ${kept} and ${keptInTransaction} were kept`);
});

test('every session reads what was committed, whatever the server’s default is, and notices vanished clients', async ({
  database: { db, url },
}) => {
  await db.raw(
    `do $$ begin execute format('alter database %I set default_transaction_isolation = %L', current_database(), 'repeatable read'); end $$`,
  );
  const own = openDatabase({ url, poolSize: 1 });
  const settings = await own.raw<{ rows: { isolation: string; idle: string }[] }>(
    `select current_setting('default_transaction_isolation') as isolation, current_setting('tcp_keepalives_idle') as idle`,
  );
  assert.equal(settings.rows, [{ isolation: 'read committed', idle: '4' }]);
  await own.destroy();
  const stores = [openPostgresEventStore({ url }), openPostgresEventStore({ url })];
  const event = () => ({ id: randomUUID(), type: 'Told', data: {}, metadata: {} });
  const appends = stores.flatMap((store) =>
    Array.from({ length: 20 }, () => outcome(store.append(`order-${randomUUID()}`, [event()], 'no_stream'))),
  );
  assert.equal(await Promise.all(appends), Array(40).fill('answered'), 'two processes append at once');
  await Promise.all(stores.map((store) => store.close()));
});

test('a server that became read-only is an outage', async ({ database: { db } }) => {
  const error = await outcome(
    db.transaction(async (tx) => {
      await tx.raw('set transaction read only');
      await tx('master_key_canary').insert({ sealed: Buffer.from('x') });
    }),
  );
  assert.ok(isDatabaseOutage(error), String(error));
});

test.run();
