import type { Knex } from 'knex';

/** The scheduled tasks, by name. */
export const CRON_TASKS = ['release-scheduled-orders', 'process-waiting-orders', 'expire-returns'] as const;

/** What the clock moves: an order, or a return of it. */
export type CronSubject = { readonly order_id: string; readonly return_id?: string };

/** One that could not be moved. */
export type CronFailure = CronSubject & { readonly reason: string };

/** One run of one of the clock's tasks. */
export type CronRun = {
  readonly id: string;
  readonly task: string;
  readonly started_at: string;
  /** Null: it is running, or its process died. */
  readonly finished_at: string | null;
  /** Orders or returns. */
  readonly moved: number;
  /** Orders or returns. */
  readonly failed: number;
  /** The first of those that failed. */
  readonly failures: readonly CronFailure[];
  /** Why the run broke off; null when it did not. */
  readonly reason: string | null;
};

export type CronOutcome = Pick<CronRun, 'moved' | 'failed' | 'failures' | 'reason'>;

export type CronPage = { readonly task?: string | undefined; readonly limit: number; readonly offset?: number };

/** The clock's diary. */
export type CronRuns = {
  /** Whether a run that began at this moment or later has ended well. One whose process died never does. */
  readonly hasRunSince: (task: string, at: string) => Promise<boolean>;
  /** Answers the run's id. */
  readonly begin: (task: string, at: string) => Promise<string>;
  readonly finish: (id: string, at: string, outcome: CronOutcome) => Promise<void>;
  /** Newest first. */
  readonly list: (page: CronPage) => Promise<readonly CronRun[]>;
};

const KEPT = 1_000;
const TABLE = 'clock_runs';

type Row = Omit<CronRun, 'started_at' | 'finished_at'> & {
  readonly started_at: Date;
  readonly finished_at: Date | null;
};

const toRun = (row: Row): CronRun => ({
  ...row,
  started_at: row.started_at.toISOString(),
  finished_at: row.finished_at?.toISOString() ?? null,
});

/** When a run begins, runs older than the last thousand of its task are deleted. */
export const openCronRuns = (db: Knex): CronRuns => ({
  hasRunSince: async (task, at) =>
    (await db<Row>(TABLE)
      .where({ task, reason: null })
      .whereNotNull('finished_at')
      .where('started_at', '>=', at)
      .first('id')) !== undefined,
  begin: async (task, started_at) => {
    const [begun] = await db<Row>(TABLE).insert({ task, started_at: new Date(started_at) }, 'id');
    if (begun === undefined) throw new Error('an insert answers its row');
    const outlived = db(TABLE).where({ task }).orderBy('id', 'desc').offset(KEPT).limit(1).select('id');
    await db(TABLE).where({ task }).where('id', '<=', outlived).delete();
    return begun.id;
  },
  finish: async (id, at, { failures, ...outcome }) => {
    await db(TABLE)
      .where({ id })
      .update({ ...outcome, failures: JSON.stringify(failures), finished_at: at });
  },
  list: async ({ task, limit, offset = 0 }) => {
    const rows = await db<Row>(TABLE)
      .where(task === undefined ? {} : { task })
      .select('id', 'task', 'started_at', 'finished_at', 'moved', 'failed', 'failures', 'reason')
      .orderBy('id', 'desc')
      .limit(limit)
      .offset(offset);
    return rows.map(toRun);
  },
});
