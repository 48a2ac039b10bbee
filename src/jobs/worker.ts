import { Logger as QueueLogger, run, type Runner, type WorkerEvents } from 'graphile-worker';
import { EventEmitter } from 'node:events';
import type { Knex } from 'knex';
import pg from 'pg';
import type { Logger } from 'pino';
import { createLease, type Lease } from '../platform/lease.ts';
import { KEEP_ALIVE, SESSION_SETTINGS } from '../platform/session-settings.ts';
import { parkJob } from './admin.ts';
import { joinWorkers } from './worker-liveness.ts';
import { ManualInterventionRequired } from './manual-intervention-required.ts';
import type { Task } from './task.ts';
import { TryAgainLater } from './try-again-later.ts';

export type WorkerOptions = {
  readonly db: Knex;
  readonly url: string;
  readonly tasks: readonly Task[];
  /** Lines of a crontab: when to run which task. */
  readonly crontab: string;
  readonly log: Logger;
  /** Jobs at once in this process. Default 4. */
  readonly concurrency?: number;
  /** Without a word of this process for so long, others take its jobs. Default: 10 s. */
  readonly lease?: Lease;
  /** This process can no longer be trusted to finish its jobs: end it, so that it is started anew. */
  readonly onFatal: (error: unknown) => void;
};

export type Worker = { /** Finishes the running jobs, takes no more. */ readonly stop: () => Promise<void> };

const queueLogger = (log: Logger): QueueLogger =>
  new QueueLogger(() => (level: string, message, meta) => {
    if (meta?.error instanceof TryAgainLater) log.debug(message);
    else if (level === 'error') log.error(message);
    else if (level === 'warning') log.warn(message);
    else log.debug(message);
  });

const runJob = async (db: Knex, { run: runTask }: Task, payload: unknown, job: { id: string; attempts: number }) => {
  try {
    await runTask(payload, { jobId: job.id, attempt: job.attempts });
  } catch (error) {
    if (error instanceof ManualInterventionRequired) await parkJob(db, job.id, error.message);
    throw error;
  }
};

const taskList = (db: Knex, tasks: readonly Task[]) =>
  Object.fromEntries(
    tasks.map((one) => [
      one.name,
      (payload: unknown, { job }: { job: { id: string; attempts: number } }) => runJob(db, one, payload, job),
    ]),
  );

/** Longest that one call of the queue may take; the server's own limit is shorter, so that the outcome is known. */
const QUEUE_CALL_MS = 10_000;
const SERVER_SHARE = 0.9;

type Handed = Parameters<pg.Pool['connect']>[0];

/** Hands out no connection once the lease has run out: others have taken the jobs of this process, which may have been frozen. */
class LeasedPool extends pg.Pool {
  readonly #lease: Lease;

  constructor(lease: Lease, config: pg.PoolConfig) {
    super(config);
    this.#lease = lease;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(handed: Handed): void;
  override connect(handed?: Handed): Promise<pg.PoolClient> | undefined {
    if (handed === undefined) return this.#connectLeased();
    this.#connectLeased().then(
      (client) => handed(undefined, client, (broken?: boolean | Error) => client.release(broken)),
      (error: unknown) => handed(error instanceof Error ? error : new Error(String(error)), undefined, () => undefined),
    );
    return undefined;
  }

  async #connectLeased(): Promise<pg.PoolClient> {
    const client = await super.connect();
    try {
      this.#lease.demand();
    } catch (error) {
      client.release();
      throw error;
    }
    return client;
  }
}

/** The queue's own pool stops listening when it stops, and a connection lost after that would end the process. */
const openPool = (
  url: string,
  size: number,
  { log, lease }: { readonly log: Logger; readonly lease: Lease },
): pg.Pool => {
  const pool = new LeasedPool(lease, {
    connectionString: url,
    max: size,
    application_name: 'waybill-jobs',
    options: SESSION_SETTINGS,
    // As for every other call: none waits on a connection that was swallowed.
    connectionTimeoutMillis: QUEUE_CALL_MS,
    statement_timeout: QUEUE_CALL_MS * SERVER_SHARE,
    query_timeout: QUEUE_CALL_MS,
    ...KEEP_ALIVE,
  });
  const onLost = (error: Error): void => log.debug({ err: error }, 'a connection of the job queue was lost');
  pool.on('error', onLost);
  pool.on('connect', (client) => client.on('error', onLost));
  return pool;
};

/**
 * Without a delay, the queue settles each job by a promise that it does not look at: a connection lost in that moment would
 * end the process as an unhandled rejection. With one, even of 0 ms, it tells as `pool:fatalError` what it could not settle.
 */
const SETTLING = { completeJobBatchDelay: 0, failJobBatchDelay: 0 } as const;

export const startWorker = async (options: WorkerOptions): Promise<Worker> => {
  const { db, url, log, onFatal, lease = createLease() } = options;
  const presence = await joinWorkers({
    db,
    url,
    lease,
    onLost: onFatal,
    onError: (error) => log.warn({ err: error }, 'could not look for dead workers; trying again'),
  });

  const events: WorkerEvents = new EventEmitter();
  const lockedBy: string[] = [];
  // Jobs are locked in the name of the pool, not of the worker of it that does them.
  events.on('pool:create', ({ workerPool }) => lockedBy.push(workerPool.id));
  events.on('worker:fatalError', ({ error }) => onFatal(error));
  events.on('pool:fatalError', ({ error }) => onFatal(error));
  events.on('job:error', ({ job, error }) => {
    const about = { job_id: job.id, task: job.task_identifier, attempt: job.attempts };
    if (error instanceof TryAgainLater) log.info({ ...about, reason: error.message }, 'job is tried again later');
    else log.warn({ ...about, err: error }, 'job failed');
  });

  const concurrency = options.concurrency ?? 4;
  const pool = openPool(url, concurrency + 2, { log, lease });
  const runner: Runner = await run({
    preset: { worker: SETTLING },
    pgPool: pool,
    concurrency,
    pollInterval: 1_000,
    noHandleSignals: true,
    taskList: taskList(db, options.tasks),
    crontab: options.crontab,
    logger: queueLogger(log),
    events,
  });
  let stopping = false;
  runner.promise.then(
    () => stopping || onFatal(new Error('the job queue stopped by itself')),
    (error: unknown) => stopping || onFatal(error),
  );
  await presence.register(lockedBy);

  return {
    stop: async () => {
      stopping = true;
      // It stops by itself once it could not settle a job: `onFatal` was told.
      await runner.stop().catch(() => runner.promise.catch(() => undefined));
      await presence.leave();
      await pool.end();
    },
  };
};
