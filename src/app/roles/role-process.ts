import { match } from 'ts-pattern';
import { loadConfig, type Config } from '../../config/index.ts';
import { StoreUnavailable } from '../../event-store/port.ts';
import { migrate } from '../../platform/database.ts';
import { useEmbeddedPostgres } from '../../platform/embedded-postgres.ts';
import { createLogger, type Logger } from '../../platform/logging.ts';
import { failBoot, isSupervised, reportReady } from '../role.ts';
import { createShutdown, type Shutdown } from '../shutdown.ts';
import { explainFailure } from '../../cli/explain-failure.ts';
import { openCore, type OpenCore } from '../open-core.ts';
import type { RoleName } from '../../cli/start.ts';

/** What a role has to work with. */
export type RoleProcess = {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly core: OpenCore;
  readonly log: Logger;
  readonly shutdown: Shutdown;
};

const demandStore = async ({ store }: OpenCore): Promise<void> => {
  try {
    await store.head();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new StoreUnavailable('it cannot be reached', { cause: error });
  }
};

/** Runs one role in this process until it is told to stop. */
const runRole = async (role: RoleName, config: Config, databaseUrl: string): Promise<void> => {
  const log = createLogger({ level: config.logLevel, role });
  const shutdown = createShutdown({ onProblem: (error) => log.error({ err: error }, 'stopping did not go well') });
  // Else Node.js would print the error with all it holds, statements and connections included.
  process.once('uncaughtException', (error) => {
    log.fatal({ err: error }, 'this process cannot go on and ends; under a supervisor another takes its place');
    process.exit(1);
  });
  try {
    if (!isSupervised()) await migrate(databaseUrl);
    const core = await openCore(config, databaseUrl, { applicationName: `waybill-${role}`, log });
    shutdown.onShutdown(core.close);
    await demandStore(core);
    const process: RoleProcess = { config, databaseUrl, core, log, shutdown };
    const detail = await match(role)
      .with('api', async () => (await import('./api.ts')).runApiRole(process))
      .with('projector', async () => (await import('./projector.ts')).runProjectorRole(process))
      .with('worker', async () => (await import('./worker.ts')).runWorkerRole(process))
      .exhaustive();
    await reportReady(detail ?? '');
  } catch (error) {
    log.debug({ err: error }, 'cannot start');
    await failBoot(explainFailure(error, config));
  }
};

/** `api`, `projector` or `worker`: the role alone, on the configured database or on the data folder's own. */
export const runRoleAlone = async (role: RoleName): Promise<void> => {
  const config = loadConfig();
  if (config.databaseUrl !== undefined) return runRole(role, config, config.databaseUrl);
  // A PostgreSQL that is started for this ends with this process, which the shutdown ends.
  await useEmbeddedPostgres({ dataDir: config.dataDir }, async (url) => {
    await runRole(role, config, url);
    await new Promise(() => undefined);
  });
};
