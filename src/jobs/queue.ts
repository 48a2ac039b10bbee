import type { Knex } from 'knex';

/** Work for a task: names, ids and positions only, never personal data. */
export type Job<N extends string = string, P extends object = object> = {
  readonly task: N;
  readonly payload: P;
  /** At most one job with this key waits at a time. */
  readonly key: string;
  /** Jobs of one queue run one after the other, also with many workers. Default: each for itself. */
  readonly queue?: string;
  /** Lower goes first. Default 0. */
  readonly priority?: number;
  /** ISO 8601: not before. Default: now. */
  readonly run_at?: string;
};

/** Task name → payload of every task that a worker runs. `processes/registry.ts` fills it from what it lists. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an interface, because only those can be extended from elsewhere
export interface TaskPayloads {}

export type TaskName = keyof TaskPayloads;

/** A job that a worker can do: a task that no worker runs, or a payload of another shape, does not compile. */
export type JobRequest<All = TaskPayloads> = {
  readonly [N in keyof All & string]: All[N] extends object ? Job<N, All[N]> : never;
}[keyof All & string];

/** An SQL expression that enqueues these jobs and answers how many they are, with its bindings. */
export const addJobsSql = (jobs: readonly Job[]): { readonly sql: string; readonly bindings: readonly string[] } => {
  if (jobs.length === 0) return { sql: '0', bindings: [] };
  const latest = [...new Map(jobs.map((job) => [job.key, job])).values()];
  return {
    sql: `(select count(*)::int from graphile_worker.add_jobs((
      select array_agg(row(job->>'task', job->'payload', job->>'queue', (job->>'run_at')::timestamptz, null,
        job->>'key', (job->>'priority')::int, null)::graphile_worker.job_spec)
      from json_array_elements(?::json) as job)))`,
    bindings: [JSON.stringify(latest)],
  };
};

/** `All`: for tests, which run tasks of their own. */
export const enqueueJobs = async <All = TaskPayloads>(
  db: Knex,
  jobs: readonly JobRequest<NoInfer<All>>[],
): Promise<void> => {
  const { sql, bindings } = addJobsSql(jobs);
  await db.raw(`select ${sql}`, [...bindings]);
};
