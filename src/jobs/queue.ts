import type { Knex } from 'knex';

/** Work for `src/jobs/tasks`: names, ids and positions only, never personal data. */
export type JobRequest = {
  /** Task name, kebab-case imperative. */
  readonly task: string;
  readonly payload: Readonly<Record<string, string>>;
  /** At most one job with this key waits at a time. */
  readonly key: string;
  /** Jobs of one queue run one after the other, also with many workers. Default: each for itself. */
  readonly queue?: string;
  /** Lower goes first. Default 0. */
  readonly priority?: number;
  /** ISO 8601: not before. Default: now. */
  readonly run_at?: string;
};

/** An SQL expression that enqueues these jobs and answers how many they are, with its bindings. */
export const addJobsSql = (
  jobs: readonly JobRequest[],
): { readonly sql: string; readonly bindings: readonly string[] } => {
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

export const enqueueJobs = async (db: Knex, jobs: readonly JobRequest[]): Promise<void> => {
  const { sql, bindings } = addJobsSql(jobs);
  await db.raw(`select ${sql}`, [...bindings]);
};
