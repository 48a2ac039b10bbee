/**
 * A rebuild of the order list, through port and codec, against one `INSERT … SELECT … GROUP BY` over the same events. Once
 * with short-lived orders, once with many open at a time.
 */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { openDatabase } from '../src/platform/database.ts';
import type { RebuildFigures, RebuildLoad } from './load/rebuild.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { startLoad } from './support/load.ts';
import { EVENTS_AN_ORDER, fillLog, type LogShape } from './support/order-log.ts';

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

const measure = async (url: string, shape: LogShape, rounds: number): Promise<void> => {
  const db = openDatabase({ url });
  await db.raw('alter table events disable trigger events_are_immutable');
  await db.raw('truncate events, data_keys, keys_made');
  const masterKey = randomBytes(32);
  await fillLog(db, shape, masterKey);
  const events = shape.orders * EVENTS_AN_ORDER;
  const load = startLoad<RebuildLoad, RebuildFigures>('rebuild');
  const peaks: number[] = [];
  const rebuild = async (): Promise<number> => {
    const { perSecond, peakMegabytes } = await load.run({ url, masterKey: masterKey.toString('base64') });
    peaks.push(peakMegabytes);
    return perSecond;
  };
  await compare({
    title: `rebuild of the order list, ${events} events, ${shape.openAtOnce} orders open at once`,
    unit: 'events/s',
    baseline: { name: 'one INSERT … SELECT … GROUP BY', measure: async () => events / (await bySql(db)) },
    candidate: { name: 'rebuild through port and codec', measure: rebuild },
    rounds,
    goal: 'first ≥ 0.3, goal ≥ 0.5',
  });
  load.end();
  console.log(`  peak memory of its process: ${Math.max(...peaks)} MB (goal: < 300 MB)\n`);
  await db.destroy();
};

export const rebuild: Benchmark = async ({ url, short, tiny = false }) => {
  const orders = tiny ? 50 : short ? 5_000 : 50_000;
  await measure(url, { orders, openAtOnce: 50 }, short ? 1 : 3);
  if (!tiny) await measure(url, { orders, openAtOnce: orders }, short ? 1 : 3);
};
