/**
 * A rebuild of the order list, through port and codec, against one `INSERT … SELECT … GROUP BY` over the same events;
 * and live catch-up after a pause. Once with short-lived orders, once with many open at a time.
 */
import type { Knex } from 'knex';
import { openPostgresEventStore } from '../src/event-store/postgres.ts';
import type { Codec } from '../src/event-store/codec.ts';
import type { EventStore } from '../src/event-store/port.ts';
import { openDatabase } from '../src/platform/database.ts';
import { applyBatch } from '../src/projections/apply-batch.ts';
import { openCheckpoint } from '../src/projections/checkpoints.ts';
import { orderList } from '../src/projections/order-list.ts';
import { rebuildProjection } from '../src/projections/rebuild.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { EVENTS_AN_ORDER, fillLog, type LogShape } from './support/order-log.ts';

/** What SQL can do: it cannot open personal data, so it keeps the sealed. */
const ONE_STATEMENT = `
  insert into by_sql (id, revision, customer_id, status, total, created_at, updated_at, state)
  select substr(stream, 7)::uuid, max(revision), min(data->>'customer_id'), max(type), 0,
    min((metadata->>'recorded_at')::timestamptz), max((metadata->>'recorded_at')::timestamptz),
    (array_agg(data order by revision))[1]
  from events where starts_with(stream, 'order-') group by stream`;

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
};

/** Most memory this process held during the work, MB. */
const peakMemory = async (work: () => Promise<unknown>): Promise<number> => {
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  await work().finally(() => clearInterval(look));
  return Math.round(peak / 2 ** 20);
};

type Deps = { readonly db: Knex; readonly store: EventStore; readonly codec: Codec };

const bySql = async (db: Knex): Promise<void> => {
  await db.raw('drop table if exists by_sql');
  await db.raw('create table by_sql (like order_list including all)');
  await db.transaction(async (tx) => {
    await tx.raw('set local statement_timeout = 0');
    await tx.raw(ONE_STATEMENT);
  });
};

const catchUp = async ({ db, store, codec }: Deps, events: number): Promise<void> => {
  const { epoch } = await openCheckpoint(db, orderList);
  const writer = { db, codec, projection: orderList, target: { table: 'order_list', checkpoint: 'order_list' } };
  for (let from = 0n; from < BigInt(events);) {
    const batch = await store.readAll({ after: from, limit: 500, prefixes: orderList.prefixes });
    await applyBatch(writer, batch, { epoch, from });
    from = batch.position;
  }
};

const forget = async (db: Knex): Promise<void> => {
  await db.raw('truncate order_list, projection_counters, projection_checkpoints');
};

const measure = async (url: string, shape: LogShape, rounds: number): Promise<void> => {
  const db = openDatabase({ url });
  const store = openPostgresEventStore({ url });
  await db.raw('alter table events disable trigger events_are_immutable');
  await db.raw('truncate events, data_keys');
  const deps = { db, store, codec: await fillLog(db, shape) };
  const events = shape.orders * EVENTS_AN_ORDER;
  const rate = async (work: () => Promise<unknown>) => events / (await seconds(work));
  await compare({
    title: `rebuild of the order list, ${events} events, ${shape.openAtOnce} orders open at once`,
    unit: 'events/s',
    baseline: { name: 'one INSERT … SELECT … GROUP BY', measure: () => rate(() => bySql(db)) },
    candidate: {
      name: 'rebuild through port and codec',
      measure: () => rate(() => rebuildProjection(orderList, deps)),
    },
    rounds,
    goal: 'first: 20 000 events/s; goal: 0.5',
  });
  console.log(`  peak memory of the process: ${await peakMemory(() => rebuildProjection(orderList, deps))} MB\n`);
  await forget(db);
  const caughtUp = await rate(() => catchUp(deps, events));
  console.log(`  live catch-up, batches of 500: ${Math.round(caughtUp)} events/s\n`);
  await store.close();
  await db.destroy();
};

export const rebuild: Benchmark = async ({ url, short }) => {
  const orders = short ? 5_000 : 50_000;
  await measure(url, { orders, openAtOnce: 50 }, short ? 1 : 3);
  await measure(url, { orders, openAtOnce: orders }, short ? 1 : 3);
};
