import { loadConfig, type Config } from '../config/index.ts';
import { backfillDocuments } from '../processes/invoicing/backfill-documents.ts';
import { openCronRuns, type CronRun } from '../jobs/cron-runs.ts';
import { migrate } from '../platform/database.ts';
import { createLogger } from '../platform/logging.ts';
import { useEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { rebuildProjection } from '../projections/engine/rebuild.ts';
import { findProjection, projections } from '../projections/registry.ts';
import { CannotStart, explainFailure } from './explain-failure.ts';
import { openCore, type OpenCore } from '../app/open-core.ts';
import { UsageError } from './usage-error.ts';

/** Works on the configured database, or on the data folder's own, started for this if it does not run. */
export const withCore = async <T>(config: Config, work: (core: OpenCore) => Promise<T>): Promise<T> => {
  const onDatabase = async (url: string): Promise<T> => {
    await migrate(url);
    const log = createLogger({ level: 'error', role: 'cli' });
    const core = await openCore(config, url, { applicationName: 'waybill-cli', log });
    try {
      return await work(core);
    } finally {
      await core.close();
    }
  };
  try {
    return await (config.databaseUrl === undefined
      ? useEmbeddedPostgres({ dataDir: config.dataDir }, onDatabase)
      : onDatabase(config.databaseUrl));
  } catch (error) {
    throw new CannotStart(explainFailure(error, config), { cause: error });
  }
};

/** `projections -- rebuild <name>`: reads the log from its first event and puts the result in place. */
export const projectionsCommand = async (args: readonly string[], print: (line: string) => void): Promise<void> => {
  const [verb, name = ''] = args;
  const projection = findProjection(name);
  if (verb !== 'rebuild' || projection === undefined)
    throw new UsageError(`Use: projections rebuild ${projections.map((known) => known.name).join('|')}`);
  await withCore(loadConfig(), async (core) => {
    const started = performance.now();
    const { events, position } = await rebuildProjection(projection, core);
    const seconds = (performance.now() - started) / 1000;
    print(
      `${name}: rebuilt from ${events} events up to position ${position} in ${seconds.toFixed(1)} s ` +
        `(${Math.round(events / seconds)} events/s)`,
    );
  });
};

type Print = (line: string) => void;

const backfill = async ({ db }: OpenCore, print: Print): Promise<void> => {
  const asked = await backfillDocuments(db);
  print(asked === 0 ? 'No document is missing.' : `Asked for ${asked} missing documents; a running worker makes them.`);
};

const SHOWN_RUNS = 20;

const outcomeOf = ({ finished_at, moved, failed, reason }: CronRun): string => {
  if (finished_at === null) return 'has not finished';
  return `moved ${moved}, failed ${failed}${reason === null ? '' : `, broke off: ${reason}`}`;
};

const clock = async ({ db }: OpenCore, print: Print): Promise<void> => {
  const runs = await openCronRuns(db).list({ limit: SHOWN_RUNS });
  if (runs.length === 0) print('The clock has not run yet; a worker runs it.');
  for (const run of runs) {
    print(`${run.started_at}  ${run.task}  ${outcomeOf(run)}`);
    for (const { order_id, reason } of run.failures) print(`  ${order_id}: ${reason}`);
  }
};

const JOBS_VERBS = new Map([
  ['backfill', backfill],
  ['clock', clock],
]);

/** `jobs -- backfill`: asks for every document that should exist and does not. `jobs -- clock`: what the clock did. */
export const jobsCommand = async (args: readonly string[], print: Print): Promise<void> => {
  const run = args.length === 1 ? JOBS_VERBS.get(args[0] ?? '') : undefined;
  if (run === undefined) throw new UsageError(`Use: jobs ${[...JOBS_VERBS.keys()].join('|')}`);
  await withCore(loadConfig(), (core) => run(core, print));
};
