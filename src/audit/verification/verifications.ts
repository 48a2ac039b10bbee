import type { Knex } from 'knex';
import type { Verification } from './verify-log.ts';

export const VERIFICATION_STATES = ['never_run', 'running', 'passed', 'failed', 'could_not_check'] as const;
export type VerificationState = (typeof VERIFICATION_STATES)[number];

/** What is kept of a verification: its findings are bounded. */
export type VerificationResult = Omit<Verification, 'isSigned' | 'headFiles'> & { readonly is_signed: boolean };

export type VerificationView = {
  readonly state: VerificationState;
  /** Id of the caller, or `clock`. Null: never run. */
  readonly requested_by: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** Entries read so far, and those there were at the start. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly result: VerificationResult | null;
  /** Why it could not check. */
  readonly reason: string | null;
  /** The newest verification that found nothing. */
  readonly last_passed_at: string | null;
};

type Row = {
  readonly id: string;
  readonly state: Exclude<VerificationState, 'never_run'>;
  readonly requested_by: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly holder: string | null;
  readonly done: string;
  readonly total: string;
  readonly result: VerificationResult | null;
  readonly reason: string | null;
  readonly is_silent: boolean;
};

/** How the newest verification that came to an end ended: for health and metrics. */
export type VerificationHealth = {
  readonly state: VerificationState;
  readonly findings: number;
  readonly last_passed_at: string | null;
};

const TABLE = 'verifications';
/** A running verification speaks every few seconds: silence for so long means that its process has died. */
export const SILENT_AFTER_S = 60;
const KEPT = 100;
/** Findings that are kept; the counts tell how many there were. */
export const FINDINGS_KEPT = 100;

const SILENT = `(heard_at < now() - interval '${SILENT_AFTER_S} seconds')`;
const reasonOfSilence = ({ holder }: Pick<Row, 'holder'>): string =>
  holder === null ? 'no worker has begun it' : 'the process that ran it has died';

const bounded = ({ findings, isSigned, headFiles: _, ...rest }: Verification): VerificationResult => ({
  ...rest,
  is_signed: isSigned,
  findings: findings.slice(0, FINDINGS_KEPT),
});

const NEVER: VerificationView = {
  state: 'never_run',
  requested_by: null,
  started_at: null,
  finished_at: null,
  progress: null,
  result: null,
  reason: null,
  last_passed_at: null,
};

/** A silent run reads as one that could not check, also before another one takes its place. */
const toView = (row: Row, passed: Date | null): VerificationView => {
  const { requested_by, started_at, finished_at, done, total, result, is_silent } = row;
  const hasDied = row.state === 'running' && is_silent;
  return {
    state: hasDied ? 'could_not_check' : row.state,
    requested_by,
    started_at: started_at.toISOString(),
    finished_at: finished_at?.toISOString() ?? null,
    progress: { done: Number(done), total: Number(total) },
    result,
    reason: hasDied ? reasonOfSilence(row) : row.reason,
    last_passed_at: passed?.toISOString() ?? null,
  };
};

export type Verifications = {
  /**
   * The id of the verification that runs, or of a new one. `onBegin` is done in the same transaction, where it is new.
   */
  readonly begin: (requestedBy: string, onBegin?: (sql: Knex, id: string) => Promise<void>) => Promise<string>;
  /** Whether this job may run it: it runs, and no other job that lives does so. A retried job takes up its own again. */
  readonly take: (id: string, holder: string) => Promise<boolean>;
  /** False: it is no longer this job's. */
  readonly tell: (
    id: string,
    holder: string,
    progress: { readonly done: number; readonly total: number },
  ) => Promise<boolean>;
  readonly finish: (id: string, holder: string, outcome: Verification | { readonly reason: string }) => Promise<void>;
  readonly newest: () => Promise<VerificationView>;
  readonly health: () => Promise<VerificationHealth>;
};

/** Verifications of the log: one runs at a time, in all processes together. */
export const openVerifications = (db: Knex): Verifications => {
  const ofHolder = (id: string, holder: string) => db(TABLE).where({ id, holder, state: 'running' });

  const begin: Verifications['begin'] = (requestedBy, onBegin = () => Promise.resolve()) =>
    db.transaction(async (sql) => {
      await sql(TABLE)
        .where({ state: 'running' })
        .whereRaw(SILENT)
        .update({
          state: 'could_not_check',
          finished_at: sql.ref('heard_at'),
          reason: sql.raw('case when holder is null then ? else ? end', [
            reasonOfSilence({ holder: null }),
            reasonOfSilence({ holder: '' }),
          ]),
        });
      const [begun] = await sql<Row>(TABLE)
        .insert({ state: 'running', requested_by: requestedBy })
        .onConflict(sql.raw(`(state) where state = 'running'`))
        .ignore()
        .returning('id');
      if (begun !== undefined) {
        await onBegin(sql, begun.id);
        return begun.id;
      }
      // Or the one that has ended this moment.
      const newest = await sql<Row>(TABLE).orderBy('id', 'desc').first('id');
      if (newest === undefined) throw new Error('verifications was emptied while one was begun; ask again');
      return newest.id;
    });

  /** The newest of these, with whether it has fallen silent. */
  const newestRow = async (where: string): Promise<Row | undefined> => {
    const { rows } = await db.raw<{ readonly rows: readonly Row[] }>(
      `select *, ${SILENT} as is_silent from ${TABLE} where ${where} order by id desc limit 1`,
    );
    return rows[0];
  };
  const lastPassed = async (): Promise<Date | null> => {
    const row = await db<Row>(TABLE).where({ state: 'passed' }).orderBy('id', 'desc').first('finished_at');
    return row?.finished_at ?? null;
  };
  const newest = async (): Promise<VerificationView> => {
    const [row, passed] = await Promise.all([newestRow('true'), lastPassed()]);
    return row === undefined ? NEVER : toView(row, passed);
  };

  return {
    begin,
    take: async (id, holder) => {
      const taken = await db(TABLE)
        .where({ id, state: 'running' })
        .whereRaw(`(holder is null or holder = ? or ${SILENT})`, [holder])
        .update({ holder, done: 0, heard_at: db.fn.now() });
      return taken > 0;
    },
    tell: async (id, holder, progress) =>
      (await ofHolder(id, holder).update({ ...progress, heard_at: db.fn.now() })) > 0,
    finish: async (id, holder, outcome) => {
      const end =
        'reason' in outcome
          ? { state: 'could_not_check', reason: outcome.reason }
          : {
              state: Object.keys(outcome.counts).length === 0 ? 'passed' : 'failed',
              done: outcome.since + outcome.events,
              total: outcome.recorded,
              result: JSON.stringify(bounded(outcome)),
            };
      await ofHolder(id, holder).update({ ...end, finished_at: db.fn.now() });
      const outlived = db(TABLE).orderBy('id', 'desc').offset(KEPT).limit(1).select('id');
      await db(TABLE).where('id', '<=', outlived).delete();
    },
    newest,
    health: async () => {
      const row = await newestRow(`(state <> 'running' or ${SILENT})`);
      const { state, result, last_passed_at } = row === undefined ? NEVER : toView(row, await lastPassed());
      const findings = Object.values(result?.counts ?? {}).reduce((sum, count) => sum + count, 0);
      return { state, findings, last_passed_at };
    },
  };
};
