import type { Knex } from 'knex';

export const JOB_STATES = ['failed', 'waiting', 'running'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** A job as an operator sees it. A job that is done is gone. */
export type JobView = {
  readonly id: string;
  readonly task: string;
  readonly key: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly state: JobState;
  readonly attempts: number;
  readonly max_attempts: number;
  /** Why the last try failed. */
  readonly reason: string | null;
  readonly created_at: string;
  /** Null while it runs, and when no try is left. */
  readonly next_try_at: string | null;
};

const VIEW = `
  select jobs.id::text, tasks.identifier as task, jobs.key, jobs.payload, jobs.attempts, jobs.max_attempts,
    jobs.last_error as reason, jobs.created_at,
    case when jobs.locked_at is not null then 'running'
      when jobs.last_error is not null or jobs.attempts >= jobs.max_attempts then 'failed' else 'waiting' end as state,
    case when jobs.locked_at is null and jobs.attempts < jobs.max_attempts then jobs.run_at end as next_try_at
  from graphile_worker._private_jobs as jobs
  join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id`;

type Row = Omit<JobView, 'created_at' | 'next_try_at'> & {
  readonly created_at: Date;
  readonly next_try_at: Date | null;
};

const toView = (row: Row): JobView => ({
  ...row,
  created_at: row.created_at.toISOString(),
  next_try_at: row.next_try_at?.toISOString() ?? null,
});

const query = async (db: Knex, rest: string, bindings: readonly Knex.RawBinding[]): Promise<readonly JobView[]> => {
  const { rows } = await db.raw<{ rows: Row[] }>(`select * from (${VIEW}) as job ${rest}`, [...bindings]);
  return rows.map(toView);
};

/** Jobs, newest first. */
export const listJobs = (
  db: Knex,
  {
    state,
    limit,
    offset = 0,
  }: { readonly state?: JobState | undefined; readonly limit: number; readonly offset?: number },
): Promise<readonly JobView[]> =>
  state === undefined
    ? query(db, 'order by id::bigint desc limit ? offset ?', [limit, offset])
    : query(db, 'where state = ? order by id::bigint desc limit ? offset ?', [state, limit, offset]);

export const findJob = async (db: Knex, id: string): Promise<JobView | undefined> =>
  /^\d{1,18}$/.test(id) ? (await query(db, 'where id = ?', [id]))[0] : undefined;

/** Jobs that wait, run or failed under these keys. */
export const findJobsByKey = async (db: Knex, keys: readonly string[]): Promise<readonly JobView[]> =>
  keys.length === 0 ? [] : query(db, 'where key = any(?)', [[...keys]]);

export const findJobByKey = async (db: Knex, key: string): Promise<JobView | undefined> =>
  (await findJobsByKey(db, [key]))[0];

/** As the queue has it for a new job. */
const MAX_ATTEMPTS = 25;

/** Takes all further tries from a job that is running: when it fails now, it waits for a person. */
export const parkJob = async (db: Knex, id: string, reason: string): Promise<void> => {
  await db.raw('update graphile_worker._private_jobs set max_attempts = attempts, last_error = ? where id = ?', [
    reason,
    id,
  ]);
};

/** Takes away a job that is not running: what it was for has happened without it. */
export const dropJob = async (db: Knex, key: string): Promise<void> => {
  await db.raw(
    `select id from graphile_worker.complete_jobs(array(
       select id from graphile_worker._private_jobs where key = ? and locked_at is null))`,
    [key],
  );
};

/** Puts a job that is not running back to its first try, now. Answers whether there was one. */
export const retryJob = async (db: Knex, id: string): Promise<boolean> => {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    'select id from graphile_worker.reschedule_jobs(array[?::bigint], run_at => now(), attempts => 0, max_attempts => ?)',
    [id, MAX_ATTEMPTS],
  );
  return rows.length > 0;
};

export type QueueHealth = {
  readonly workers: number;
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
  /** Age in seconds of the oldest job that is due and not running. */
  readonly oldest_waiting_seconds: number;
};

export const queueHealth = async (db: Knex): Promise<QueueHealth> => {
  const { rows } = await db.raw<{ rows: QueueHealth[] }>(
    `select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'running')::int as running,
       count(*) filter (where state = 'failed')::int as failed, (select count(*)::int from job_workers) as workers,
       coalesce(extract(epoch from now() - min(next_try_at) filter (where next_try_at <= now())), 0)::float8 as oldest_waiting_seconds
     from (${VIEW}) as job`,
  );
  const [health] = rows;
  if (health === undefined) throw new Error('an aggregate answers one row');
  return health;
};
