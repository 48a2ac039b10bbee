import type { Knex } from 'knex';

/** Work for `src/jobs/tasks`: names, ids and positions only, never personal data. */
export type JobRequest = {
  /** Task name, kebab-case imperative. */
  readonly task: string;
  readonly payload: Readonly<Record<string, string>>;
  /** At most one job with this key waits at a time. */
  readonly key: string;
};

/** Enqueues in the given transaction: the job exists exactly when what asked for it is committed. */
export const enqueueJobs = async (db: Knex, jobs: readonly JobRequest[]): Promise<void> => {
  if (jobs.length === 0) return;
  const latest = [...new Map(jobs.map((job) => [job.key, job])).values()];
  await db.raw(
    `select graphile_worker.add_jobs(array_agg(
       row(job->>'task', job->'payload', null, null, null, job->>'key', null, null)::graphile_worker.job_spec))
     from json_array_elements(?::json) as job`,
    [JSON.stringify(latest)],
  );
};
