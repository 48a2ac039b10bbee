import { loadConfig, type Config } from '../config.ts';
import { backfillDocuments } from '../jobs/tasks/backfill-documents.ts';
import { migrate } from '../platform/database.ts';
import { createLogger } from '../platform/logging.ts';
import { useEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { rebuildProjection } from '../projections/rebuild.ts';
import { findProjection, projections } from '../projections/registry.ts';
import { CannotStart, explainFailure } from './explain-failure.ts';
import { openCore, type OpenCore } from './open-core.ts';
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

/** `jobs -- backfill`: asks for every document that should exist and does not. */
export const jobsCommand = async (args: readonly string[], print: (line: string) => void): Promise<void> => {
  if (args[0] !== 'backfill' || args.length > 1) throw new UsageError('Use: jobs backfill');
  await withCore(loadConfig(), async ({ db }) => {
    const asked = await backfillDocuments(db);
    print(
      asked === 0 ? 'No document is missing.' : `Asked for ${asked} missing documents; a running worker makes them.`,
    );
  });
};
