/**
 * A rebuild of the order list, through port and codec, against one `INSERT … SELECT … GROUP BY` over the same events. Once
 * with the orders of the seed, once with many that are all open at the same time.
 */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { openDatabase } from '../src/platform/database.ts';
import type { RebuildFigures, RebuildLoad } from './load/rebuild.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { startLoad } from './support/load.ts';
import { EVENTS_AN_ORDER, fillLog } from './support/order-log.ts';
import { seedShop } from './support/shop.ts';

/** What SQL can do: it cannot open personal data, so it keeps the sealed. */
const ONE_STATEMENT = `
  insert into by_sql (id, revision, customer_id, status, total, created_at, updated_at, state, personal, csv)
  select substr(stream, 7)::uuid, max(revision), min(data->>'customer_id'), max(type), 0,
    min((metadata->>'recorded_at')::timestamptz), max((metadata->>'recorded_at')::timestamptz),
    (array_agg(data order by revision))[1], (array_agg(data->'personal' order by revision))[1], ''
  from events where starts_with(stream, 'order-') group by stream`;

const bySql = async (db: Knex): Promise<number> => {
  const start = performance.now();
  await db.raw('drop table if exists by_sql');
  await db.raw('create table by_sql (like order_list including all)');
  await db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await tx.raw(ONE_STATEMENT);
  });
  return (performance.now() - start) / 1_000;
};

type Log = {
  readonly title: string;
  /** Fills the empty log and answers how many events of orders there are. */
  readonly fill: (db: Knex, masterKey: Uint8Array) => Promise<number>;
};

const seeded = (url: string, orders: number): Log => ({
  title: 'orders of the seed',
  fill: async (db, masterKey) => {
    await seedShop({ url, masterKey, orders });
    const { rows } = await db.raw<{ rows: readonly { events: number }[] }>(
      `select count(*)::int as events from events where starts_with(stream, 'order-')`,
    );
    return rows[0]?.events ?? 0;
  },
});

const allOpen = (orders: number): Log => ({
  title: `${orders} orders open at once`,
  fill: async (db, masterKey) => {
    await fillLog(db, { orders, openAtOnce: orders }, masterKey);
    return orders * EVENTS_AN_ORDER;
  },
});

const measure = async (url: string, { title, fill }: Log, rounds: number): Promise<void> => {
  const db = openDatabase({ url });
  await db.raw('alter table events disable trigger events_are_immutable');
  await db.raw('truncate events, data_keys, keys_made');
  const masterKey = randomBytes(32);
  const events = await fill(db, masterKey);
  await db.raw('analyze events');
  const load = startLoad<RebuildLoad, RebuildFigures>('rebuild');
  const asked = { url, masterKey: masterKey.toString('base64') };
  await compare({
    title: `rebuild of the order list, ${events} events, ${title}`,
    unit: 'events/s',
    baseline: { name: 'one INSERT … SELECT … GROUP BY', measure: async () => events / (await bySql(db)) },
    candidate: { name: 'rebuild through port and codec', measure: async () => (await load.run(asked)).perSecond },
    rounds,
    goal: 'first ≥ 0.3, goal ≥ 0.5',
  });
  load.end();
  const fresh = startLoad<RebuildLoad, RebuildFigures>('rebuild'); // as the command line rebuilds: one in a process
  const { peakMegabytes } = await fresh.run(asked);
  fresh.end();
  console.log(`  peak memory of a process that rebuilds once: ${peakMegabytes} MB (goal: < 300 MB)\n`);
  await db.destroy();
};

export const rebuild: Benchmark = async ({ url, short, tiny = false }) => {
  const orders = tiny ? 50 : short ? 5_000 : 50_000;
  await measure(url, seeded(url, orders), short ? 1 : 3);
  if (!tiny) await measure(url, allOpen(orders), short ? 1 : 3);
};
