import { randomInt, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import pg from 'pg';
import type { Lease } from '../platform/lease.ts';
import { KEEP_ALIVE, SESSION_SETTINGS } from '../platform/session-settings.ts';

const SWEEP_EVERY_MS = 2_000;
/** A job may be locked for this long before its worker has had time to register. */
const REGISTRATION_SECONDS = 4;

export type WorkerPresence = {
  /** Tells the others under which names jobs are locked by this process. */
  readonly register: (lockedBy: readonly string[]) => Promise<void>;
  readonly leave: () => Promise<void>;
};

/**
 * The queue itself frees the jobs of a dead worker after four hours. Here each worker process holds a session-level
 * advisory lock for as long as it lives, and the others free what a process without its lock held within seconds. The lock
 * dies with the process. PostgreSQL also ends a session that says nothing for the time of the lease: the process is frozen,
 * or its machine has vanished. `onLost`: our own session is gone, the others will take our jobs.
 */
export const joinWorkers = async (options: {
  readonly db: Knex;
  readonly url: string;
  readonly lease: Lease;
  readonly onLost: (error: Error) => void;
  readonly onError: (error: unknown) => void;
}): Promise<WorkerPresence> => {
  const { lease } = options;
  const processId = randomUUID();
  const lockKey = randomInt(2 ** 47);
  const session = new pg.Client({
    connectionString: options.url,
    application_name: 'waybill-worker-presence',
    options: `${SESSION_SETTINGS} -c idle_session_timeout=${lease.ms}`,
    connectionTimeoutMillis: lease.ms,
    query_timeout: lease.ms / 2,
    ...KEEP_ALIVE,
  });
  let leaving = false;
  const lose = (error: unknown): void => {
    if (!leaving) options.onLost(error instanceof Error ? error : new Error(String(error)));
  };
  session.on('error', lose);
  session.on('end', () => lose(new Error('the connection to PostgreSQL ended')));
  await session.connect();
  await session.query('select pg_advisory_lock($1)', [lockKey]);
  const release = lease.hold(() => session.query('select 1'), lose);

  const sweep = async (): Promise<void> => {
    await releaseJobsOfDeadWorkers(options.db);
  };
  const timer = setInterval(() => void sweep().catch(options.onError), SWEEP_EVERY_MS);

  return {
    register: async (lockedBy) => {
      await options
        .db('job_workers')
        .insert({ process_id: processId, lock_key: lockKey, worker_ids: lockedBy })
        .onConflict('process_id')
        .merge(['worker_ids']);
      await sweep();
    },
    leave: async () => {
      leaving = true;
      release();
      clearInterval(timer);
      await options.db('job_workers').where({ process_id: processId }).delete();
      await session.end();
    },
  };
};

/**
 * Forgets processes whose lock is free and frees what they held, then every job and queue that no living process holds: a
 * process may have died before it was known.
 *
 * A job that was asked for again while it ran gave its key and its tries to a new one. If its worker died,
 * it would never be tried again and need not be: it is deleted. Only the schedule makes jobs that never had a key.
 */
export const releaseJobsOfDeadWorkers = async (db: Knex): Promise<void> => {
  await db.transaction(async (tx) => {
    await tx.raw(
      `with dead as (
         delete from job_workers where pg_try_advisory_xact_lock(lock_key) returning worker_ids
       )
       select graphile_worker.force_unlock_workers(array(select unnest(worker_ids) from dead))`,
    );
    await tx.raw(
      `select graphile_worker.force_unlock_workers(array_agg(locked_by))
       from (
         select locked_by, locked_at from graphile_worker._private_jobs where locked_by is not null
         union
         select locked_by, locked_at from graphile_worker._private_job_queues where locked_by is not null
       ) as held
       where locked_at < now() - make_interval(secs => ?)
         and not exists (select from job_workers where held.locked_by = any(worker_ids))
       having count(*) > 0`,
      [REGISTRATION_SECONDS],
    );
    await tx.raw(
      `delete from graphile_worker._private_jobs
       where key is null and payload->'_cron' is null and locked_at is null and attempts >= max_attempts`,
    );
  });
};
