import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import { isOutage } from '../../event-store/outage.ts';
import type { Batch, EventStore, Position } from '../../event-store/port.ts';
import { prepared } from '../../platform/database.ts';
import { addJobsSql, type Job } from '../../jobs/queue.ts';
import { createJobsFor, type JobsFor } from './jobs-for.ts';
import type { Process } from './process.ts';

/** A checkpoint that merely passes over events of no interest is written at most this often. */
const IDLE_CHECKPOINT_MS = 1_000;
/** A worker that found another one ahead looks again after this long. */
const STANDBY_MS = 250;

/** All processes read the log together, so they stand at one place. Stored: never rename. */
const CHECKPOINT = 'policies';

export type ProcessRunnerDeps = { readonly db: Knex; readonly store: EventStore; readonly codec: Codec };

const readCheckpoint = async (db: Knex): Promise<Position> => {
  await db('reactor_checkpoints').insert({ name: CHECKPOINT, position: '0' }).onConflict('name').ignore();
  const row = await db<{ name: string; position: string }>('reactor_checkpoints')
    .where('name', CHECKPOINT)
    .first('position');
  return BigInt(row?.position ?? 0);
};

/** Notes why the processes stand still. */
export const recordFailure = async (db: Knex, failure: string): Promise<void> => {
  await db('reactor_checkpoints').where('name', CHECKPOINT).update({ failure });
};

type Move = { readonly from: Position; readonly to: Position };

/**
 * Enqueues and moves the checkpoint in one statement: the checkpoint row is lock and fence at once. A worker that finds
 * it elsewhere than expected enqueues nothing; one that is stopped anywhere holds no lock.
 */
const commit = async (db: Knex, { from, to }: Move, jobs: readonly Job[]): Promise<boolean> => {
  const { sql, bindings } = addJobsSql(jobs);
  const { rows } = await prepared(
    jobs.length === 0 ? 'move_processes' : 'move_processes_with_jobs',
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

/** Follows the log until aborted; returns when another worker turned out to be ahead. */
const follow = async (
  processes: readonly Process[],
  { db, store, codec }: ProcessRunnerDeps,
  signal: AbortSignal,
): Promise<void> => {
  const jobsFor = createJobsFor(processes, codec);
  const prefixes = [...new Set(processes.flatMap((one) => one.prefixes))].toSorted();
  let checkpoint = await readCheckpoint(db);
  let movedAt = Date.now();

  const prepare = (batch: Batch): Promise<readonly Job[] | undefined> =>
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
 * Runs processes until aborted, all of them on one subscription. Each event leads to its jobs exactly once, whatever dies
 * when. Several workers may run the same ones; one at a time gets through.
 * @throws ProcessFailure naming process and event (a bug), anything else on an outage: the caller decides
 */
export const runProcesses = async (
  processes: readonly Process[],
  deps: ProcessRunnerDeps,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    await follow(processes, deps, signal);
    await delay(STANDBY_MS, undefined, { signal }).catch(() => undefined);
  }
};
