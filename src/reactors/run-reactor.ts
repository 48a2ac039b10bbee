import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Codec } from '../event-store/codec.ts';
import type { Batch, EventStore, Position } from '../event-store/port.ts';
import { addJobsSql, type JobRequest } from '../platform/job-queue.ts';
import type { Reactor } from './reactor.ts';

/** A checkpoint that merely passes over events of no interest is written at most this often. */
const IDLE_CHECKPOINT_MS = 1_000;
/** A process that found another one ahead looks again after this long. */
const STANDBY_MS = 250;

export type ReactorDeps = { readonly db: Knex; readonly store: EventStore; readonly codec: Codec };

const readCheckpoint = async (db: Knex, name: string): Promise<Position> => {
  await db('reactor_checkpoints').insert({ name, position: '0' }).onConflict('name').ignore();
  const row = await db<{ name: string; position: string }>('reactor_checkpoints').where('name', name).first('position');
  return BigInt(row?.position ?? 0);
};

/**
 * Enqueues and moves the checkpoint in one statement: the checkpoint row is lock and fence at once. Whoever finds it
 * elsewhere than believed enqueues nothing; a process stopped anywhere holds no lock.
 */
const commit = async (
  db: Knex,
  name: string,
  { from, to, jobs }: { readonly from: Position; readonly to: Position; readonly jobs: readonly JobRequest[] },
): Promise<boolean> => {
  const { sql, bindings } = addJobsSql(jobs);
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `with moved as (
       update reactor_checkpoints set position = ?, failure = null, updated_at = now() where name = ? and position = ? returning name
     )
     select name, ${sql} from moved`,
    [String(to), name, String(from), ...bindings],
  );
  return rows.length > 0;
};

const jobsFor = async (reactor: Reactor, codec: Codec, { events }: Batch): Promise<readonly JobRequest[]> => {
  const recorded = await codec.decode(events.filter(({ type }) => reactor.handles.has(type)));
  return recorded.flatMap((event) => reactor.react(event) ?? []);
};

/** Follows the log until aborted; returns when another process turned out to be ahead. */
const follow = async (reactor: Reactor, { db, store, codec }: ReactorDeps, signal: AbortSignal): Promise<void> => {
  let checkpoint = await readCheckpoint(db, reactor.name);
  let movedAt = Date.now();
  for await (const batch of store.subscribe({ after: checkpoint, prefixes: reactor.prefixes, signal })) {
    const jobs = await jobsFor(reactor, codec, batch);
    if (jobs.length === 0 && Date.now() - movedAt < IDLE_CHECKPOINT_MS) continue;
    if (!(await commit(db, reactor.name, { from: checkpoint, to: batch.position, jobs }))) return;
    checkpoint = batch.position;
    movedAt = Date.now();
  }
};

/**
 * Runs a reactor until aborted. Each event leads to its job exactly once, whatever dies when. Several processes may run
 * the same one; one at a time gets through.
 * @throws whatever a policy throws (a bug), and `StoreUnavailable` or database errors (an outage): the caller decides
 */
export const runReactor = async (reactor: Reactor, deps: ReactorDeps, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await follow(reactor, deps, signal);
    await delay(STANDBY_MS, undefined, { signal }).catch(() => undefined);
  }
};
