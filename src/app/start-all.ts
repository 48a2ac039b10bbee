import { roleEnvironment, type Config } from '../config/index.ts';
import { migrate } from '../platform/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../platform/embedded-postgres.ts';
import type { Logger } from '../platform/logging.ts';
import { ownProgram } from '../platform/own-files.ts';
import { ROLES, type RoleName } from './roles/role-process.ts';
import { forkRole, supervise } from './supervisor.ts';

export type Running = {
  /** Address of the API, e.g. `http://127.0.0.1:8000`; empty if no api role runs here. */
  readonly address: string;
  /** Stops everything in order; another call waits for the same end. */
  readonly stop: () => Promise<void>;
};

const mainFile = ownProgram('main');

const openPostgres = async (config: Config, logger: Logger): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> =>
  config.databaseUrl === undefined
    ? startEmbeddedPostgres({
        dataDir: config.dataDir,
        onRestart: (reason) => logger.warn({ reason }, 'PostgreSQL was started again'),
      })
    : { url: config.databaseUrl, stop: () => Promise.resolve() };

/**
 * Starts the embedded PostgreSQL if no database is configured, migrates the schema, and keeps one process per role.
 * @throws BootFailure, EmbeddedPostgresFailure or a database error if something cannot start; nothing is left running
 */
export const startAll = async (
  config: Config,
  { logger, roles = ROLES }: { readonly logger: Logger; readonly roles?: readonly RoleName[] },
): Promise<Running> => {
  const postgres = await openPostgres(config, logger);
  try {
    await migrate(postgres.url);
    let env = roleEnvironment(config, postgres.url);
    const supervisor = supervise<RoleName>({
      roles,
      spawn: (role) => {
        const child = forkRole(mainFile, { role, env });
        logger.info({ started: role, child_pid: child.pid }, 'role started');
        return child;
      },
      onRestart: (role, reason, pauseMs) =>
        logger.warn({ restarted: role, reason, pause_ms: pauseMs }, 'role ended, and is started again after a pause'),
    });
    const address = (await supervisor.ready).get('api') ?? '';
    // An api that is started again keeps the free port that the first one took.
    if (address !== '' && config.port === 0) env = { ...env, PORT: new URL(address).port };
    return {
      address,
      stop: async () => {
        await supervisor.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
};
