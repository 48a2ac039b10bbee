import type { Knex } from 'knex';
import type { Recorded } from '../event-store/recorded.ts';
import { enqueueJobs } from '../platform/job-queue.ts';

/** Jobs of one queue in the order in which they came, also when one of them has to be tried again. */
export type QueueTurns = {
  readonly isIn: (queue: string, jobId: string) => Promise<boolean>;
  /** Asks for the same job at the end of this queue. */
  readonly moveTo: (queue: string, task: string, cause: Recorded) => Promise<void>;
  /** Whether no earlier job of this queue is left. */
  readonly isFirst: (queue: string, jobId: string) => Promise<boolean>;
  /** The next one need not wait until it would be tried again. */
  readonly wakeNext: (queue: string, jobId: string) => Promise<void>;
};

const JOBS = `graphile_worker._private_jobs as jobs
  join graphile_worker._private_job_queues as queues on queues.id = jobs.job_queue_id and queues.queue_name = ?`;

export const openQueueTurns = (db: Knex): QueueTurns => {
  const has = async (condition: string, queue: string, jobId: string): Promise<boolean> => {
    const { rows } = await db.raw<{ rows: unknown[] }>(`select 1 from ${JOBS} where ${condition} limit 1`, [
      queue,
      jobId,
    ]);
    return rows.length > 0;
  };
  return {
    isIn: (queue, jobId) => has('jobs.id = ?::bigint', queue, jobId),
    moveTo: (queue, task, { stream, revision, id }) =>
      enqueueJobs(db, [{ task, payload: { stream, revision: String(revision) }, key: `${task}:${id}:queued`, queue }]),
    isFirst: async (queue, jobId) => !(await has('jobs.id < ?::bigint', queue, jobId)),
    wakeNext: async (queue, jobId) => {
      await db.raw(
        `select graphile_worker.reschedule_jobs(array(
           select jobs.id from ${JOBS}
           where jobs.id > ?::bigint and jobs.attempts < jobs.max_attempts order by jobs.id limit 1), run_at => now())`,
        [queue, jobId],
      );
    },
  };
};
