/**
 * A projection that catches up after a pause, against the simplest alternative: pages of 500 events, upserted in
 * place with their checkpoint, nothing opened and nothing folded beyond the last status.
 */
import type { Knex } from 'knex';
import { openPostgresEventStore } from '../src/event-store/postgres/index.ts';
import type { Codec } from '../src/event-store/codec.ts';
import type { EventStore } from '../src/event-store/port.ts';
import { openDatabase } from '../src/platform/database.ts';
import { createWaitForPosition, runProjector } from '../src/projections/engine/index.ts';
import { orderList } from '../src/projections/orders/index.ts';
import type { Benchmark } from './support/benchmark.ts';
import { compare } from './support/compare.ts';
import { EVENTS_AN_ORDER, fillLog } from './support/order-log.ts';

const PAGE = 500;

const TABLES = `
  create table in_place (like order_list including all);
  create table in_place_checkpoint (position bigint not null);
  insert into in_place_checkpoint values (0)`;

/** One page: the last event of each order is its row. */
const UPSERT = `
  with page as (
    select * from events where position > ? and position <= ? and starts_with(stream, 'order-')
  ), latest as (
    select distinct on (stream) * from page order by stream, revision desc
  ), upserted as (
    insert into in_place (id, revision, customer_id, status, total, created_at, updated_at, state, personal, csv)
    select substr(stream, 7)::uuid, revision, coalesce(data->>'customer_id', ''), type, 0,
      (metadata->>'recorded_at')::timestamptz, (metadata->>'recorded_at')::timestamptz, data, coalesce(data->'personal', '{}'), ''
    from latest
    on conflict (id) do update set revision = excluded.revision, status = excluded.status, updated_at = excluded.updated_at
  )
  update in_place_checkpoint set position = ?`;

const inPlace = async (db: Knex, events: number): Promise<void> => {
  for (let from = 0; from < events; from += PAGE) await db.raw(UPSERT, [from, from + PAGE, from + PAGE]);
};

type Deps = { readonly db: Knex; readonly store: EventStore; readonly codec: Codec };

const quiet = (): void => undefined;
const log = { info: quiet, warn: quiet, error: quiet };
const LONGEST_MS = 600_000;

/** The projector itself, as a process of Waybill runs it. */
export const throughPort = async ({ db, store, codec }: Deps, events: number): Promise<void> => {
  const stopping = new AbortController();
  const projecting = runProjector(orderList, { db, store, codec, log }, stopping.signal);
  const isThere = await createWaitForPosition(db)(orderList.name, BigInt(events), LONGEST_MS);
  stopping.abort();
  await projecting;
  if (!isThere) throw new Error('the projector did not catch up');
};

export const catchUp: Benchmark = async ({ url, short, tiny = false }) => {
  const orders = tiny ? 50 : short ? 4_000 : 20_000;
  const [db, store] = [openDatabase({ url }), openPostgresEventStore({ url })];
  await db.raw('alter table events disable trigger events_are_immutable');
  await db.raw('truncate events, data_keys, keys_made');
  const deps = { db, store, codec: await fillLog(db, { orders, openAtOnce: orders }) };
  const events = orders * EVENTS_AN_ORDER;
  await db.raw(TABLES);
  const rate = async (tables: string, work: () => Promise<void>): Promise<number> => {
    await db.raw(`truncate ${tables}`);
    const start = performance.now();
    await work();
    return (events * 1_000) / (performance.now() - start);
  };
  const rows = 'order_list, projection_counters, projection_checkpoints';
  await compare({
    title: `live catch-up, ${events} events, ${orders} orders open at once`,
    unit: 'events/s',
    baseline: { name: 'in-place upserts, pages of 500', measure: () => rate('in_place', () => inPlace(db, events)) },
    candidate: { name: 'through port and codec', measure: () => rate(rows, () => throughPort(deps, events)) },
    rounds: tiny ? 1 : 3,
    goal: 'first ≥ 0.5, goal ≥ 1',
  });
  await store.close();
  await db.destroy();
};
