import { match } from 'ts-pattern';
import { loadConfig, type Config } from '../../config/index.ts';
import { StoreUnavailable } from '../../event-store/port.ts';
import { createLease } from '../../platform/lease.ts';
import { migrate } from '../../platform/database.ts';
import { useEmbeddedPostgres } from '../../platform/embedded-postgres.ts';
import { createProcessLogger } from '../process-logger.ts';
import { explainFailure } from '../explain-failure.ts';
import { openContainer, type OpenContainer } from '../container.ts';
import { failBoot, isSupervised, reportReady } from '../role-channel.ts';
import { deleteFilesOfErased } from '../../notifications/index.ts';
import { keepErased } from '../../privacy/index.ts';
import { createShutdown } from '../shutdown.ts';
import type { RoleName, RoleProcess } from './role-process.ts';

/** A request waits no longer for one statement, so that a dead connection is given up and requests go on within 15 s. */
const REQUEST_MS = 10_000;

const demandStore = async ({ store }: OpenContainer): Promise<void> => {
  try {
    await store.head();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new StoreUnavailable('it cannot be reached', { cause: error });
  }
};

/** Runs one role in this process until it is stopped. */
const runRole = async (role: RoleName, config: Config, databaseUrl: string): Promise<void> => {
  const log = createProcessLogger({ level: config.logLevel, role });
  const shutdown = createShutdown({ onProblem: (error) => log.error({ err: error }, 'a step of the shutdown failed') });
  // Otherwise Node.js prints the error with everything in it, statements and connections included.
  process.once('uncaughtException', (error) => {
    log.fatal({ err: error }, 'unexpected error: this process ends; its supervisor restarts it');
    process.exit(1);
  });
  try {
    if (!isSupervised()) await migrate(databaseUrl);
    const lease = createLease();
    const container = await openContainer(config, databaseUrl, {
      applicationName: `waybill-${role}`,
      log,
      lease,
      onDropped: () => deleteFilesOfErased(container.db, config.mail.folder),
      ...(role === 'api' && { answerWithinMs: REQUEST_MS }),
    });
    shutdown.onShutdown(container.close);
    await demandStore(container);
    // Before anything is served: a backup that was restored must not bring an erased person back.
    await keepErased(container);
    await deleteFilesOfErased(container.db, config.mail.folder);
    const roleProcess: RoleProcess = { config, databaseUrl, container, log, shutdown, lease };
    const detail = await match(role)
      .with('api', async () => (await import('./api.ts')).runApiRole(roleProcess))
      .with('projector', async () => (await import('./projector.ts')).runProjectorRole(roleProcess))
      .with('worker', async () => (await import('./worker.ts')).runWorkerRole(roleProcess))
      .exhaustive();
    await reportReady(detail ?? '');
  } catch (error) {
    log.debug({ err: error }, 'cannot start');
    await failBoot(explainFailure(error, config));
  }
};

/** Runs one role alone, on the configured database or on the embedded one of the data folder. */
export const runRoleAlone = async (role: RoleName): Promise<void> => {
  const config = loadConfig();
  if (config.databaseUrl !== undefined) return runRole(role, config, config.databaseUrl);
  // The embedded PostgreSQL ends with this process, which the shutdown ends.
  await useEmbeddedPostgres({ dataDir: config.dataDir }, async (url) => {
    await runRole(role, config, url);
    await new Promise(() => undefined);
  });
};
