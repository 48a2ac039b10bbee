import type { Knex } from 'knex';
import type { Recorded } from '../event-store/recorded.ts';
import { addJobsSql, type Job } from './queue.ts';

/** Jobs of one queue in the order of their events, also when one of them has to be tried again. Ids tell no order: jobs that are added together get them at random. */
export type OrderedQueue = {
  readonly isIn: (queue: string, jobId: string) => Promise<boolean>;
  /** Asks for the same job at the end of this queue. Its payload must name its position. */
  readonly moveTo: (queue: string, job: Job<string, { readonly position?: string }>) => Promise<void>;
  /** Whether no job of an earlier event is left in this queue, nor one of this task and stream that has yet to join it. */
  readonly isFirst: (queue: string, cause: Pick<Recorded, 'stream' | 'position'>, task: string) => Promise<boolean>;
  /** The next one need not wait until it would be tried again. */
  readonly wakeNext: (queue: string, cause: Recorded) => Promise<void>;
};

const JOBS = `graphile_worker._private_jobs as jobs
  join graphile_worker._private_job_queues as queues on queues.id = jobs.job_queue_id and queues.queue_name = ?`;

const POSITION = `(jobs.payload->>'position')::bigint`;

const YET_TO_JOIN = `select 1 from graphile_worker._private_jobs as jobs
  where jobs.job_queue_id is null and jobs.task_id = (select id from graphile_worker._private_tasks where identifier = ?)
    and jobs.payload->>'stream' = ? and ${POSITION} < ?::bigint limit 1`;

export const openOrderedQueue = (db: Knex): OrderedQueue => {
  const has = async (condition: string, queue: string, value: string): Promise<boolean> => {
    const { rows } = await db.raw<{ rows: unknown[] }>(`select 1 from ${JOBS} where ${condition} limit 1`, [
      queue,
      value,
    ]);
    return rows.length > 0;
  };
  return {
    isIn: (queue, jobId) => has('jobs.id = ?::bigint', queue, jobId),
    moveTo: async (queue, job) => {
      if (job.payload.position === undefined)
        throw new Error(`${job.task}: a job of an ordered queue needs a position`);
      const { sql, bindings } = addJobsSql([{ ...job, key: `${job.key}:queued`, queue }]);
      await db.raw(`select ${sql}`, [...bindings]);
    },
    isFirst: async (queue, { stream, position }, task) => {
      if (await has(`${POSITION} < ?::bigint`, queue, String(position))) return false;
      const { rows } = await db.raw<{ rows: unknown[] }>(YET_TO_JOIN, [task, stream, String(position)]);
      return rows.length === 0;
    },
    wakeNext: async (queue, { position }) => {
      await db.raw(
        `select graphile_worker.reschedule_jobs(array(
           select jobs.id from ${JOBS}
           where ${POSITION} > ?::bigint and jobs.attempts < jobs.max_attempts order by ${POSITION} limit 1),
           run_at => now())`,
        [queue, String(position)],
      );
    },
  };
};
