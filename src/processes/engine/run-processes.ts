import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { Batch, EventStore, Position } from '../../event-store/port.ts';
import { prepared } from '../../platform/database.ts';
import { addJobsSql, type JobRequest } from '../../jobs/queue.ts';
import { isOutage } from './cannot-react.ts';
import { createJobsFor, type JobsFor } from './jobs-for.ts';
import type { Reactor } from './reactor.ts';

/** A checkpoint that merely passes over events of no interest is written at most this often. */
const IDLE_CHECKPOINT_MS = 1_000;
/** A process that found another one ahead looks again after this long. */
const STANDBY_MS = 250;

/** All policies read the log together, so they stand at one place. Never rename. */
const CHECKPOINT = 'policies';

export type ReactorDeps = { readonly db: Knex; readonly store: EventStore; readonly codec: Codec };

const readCheckpoint = async (db: Knex): Promise<Position> => {
  await db('reactor_checkpoints').insert({ name: CHECKPOINT, position: '0' }).onConflict('name').ignore();
  const row = await db<{ name: string; position: string }>('reactor_checkpoints')
    .where('name', CHECKPOINT)
    .first('position');
  return BigInt(row?.position ?? 0);
};

/** Notes why the policies stand still. */
export const recordFailure = async (db: Knex, failure: string): Promise<void> => {
  await db('reactor_checkpoints').where('name', CHECKPOINT).update({ failure });
};

type Move = { readonly from: Position; readonly to: Position };

/**
 * Enqueues and moves the checkpoint in one statement: the checkpoint row is lock and fence at once. Whoever finds it
 * elsewhere than believed enqueues nothing; a process stopped anywhere holds no lock.
 */
const commit = async (db: Knex, { from, to }: Move, jobs: readonly JobRequest[]): Promise<boolean> => {
  const { sql, bindings } = addJobsSql(jobs);
  const { rows } = await prepared(
    jobs.length === 0 ? 'move_policies' : 'move_policies_with_jobs',
    db.raw<{ rows: unknown[] }>(
      `with moved as (
         update reactor_checkpoints set position = ?, failure = null, updated_at = now()
         where name = ? and position = ? returning name
       )
       select name, ${sql} from moved`,
      [String(to), CHECKPOINT, String(from), ...bindings],
    ),
  );
  return rows.length > 0;
};

/** One event after the other, so that the checkpoint comes to stand right before the one at fault. */
const commitOneByOne = async (db: Knex, jobsFor: JobsFor, batch: Batch, from: Position): Promise<boolean> => {
  let at = from;
  for (const event of batch.events) {
    if (!(await commit(db, { from: at, to: event.position }, await jobsFor([event])))) return false;
    at = event.position;
  }
  return at === batch.position || commit(db, { from: at, to: batch.position }, []);
};

/** Follows the log until aborted; returns when another process turned out to be ahead. */
const follow = async (
  reactors: readonly Reactor[],
  { db, store, codec }: ReactorDeps,
  signal: AbortSignal,
): Promise<void> => {
  const jobsFor = createJobsFor(reactors, codec);
  const prefixes = [...new Set(reactors.flatMap((reactor) => reactor.prefixes))].toSorted();
  let checkpoint = await readCheckpoint(db);
  let movedAt = Date.now();

  const prepare = (batch: Batch): Promise<readonly JobRequest[] | undefined> =>
    jobsFor(batch.events).catch((error: unknown) => {
      if (isOutage(error)) throw error;
      return undefined; // one of these events is a bug: which one is found below
    });

  for await (const batch of store.subscribe({ after: checkpoint, prefixes, signal })) {
    const jobs = await prepare(batch);
    if (jobs?.length === 0 && Date.now() - movedAt < IDLE_CHECKPOINT_MS) continue;
    const moved =
      jobs === undefined
        ? await commitOneByOne(db, jobsFor, batch, checkpoint)
        : await commit(db, { from: checkpoint, to: batch.position }, jobs);
    if (!moved) return;
    checkpoint = batch.position;
    movedAt = Date.now();
  }
};

/**
 * Runs policies until aborted, all of them on one subscription. Each event leads to its jobs exactly once, whatever dies
 * when. Several processes may run the same ones; one at a time gets through.
 * @throws CannotReact naming policy and event (a bug), anything else on an outage: the caller decides
 */
export const runReactors = async (
  reactors: readonly Reactor[],
  deps: ReactorDeps,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    await follow(reactors, deps, signal);
    await delay(STANDBY_MS, undefined, { signal }).catch(() => undefined);
  }
};
