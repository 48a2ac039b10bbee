import { fileURLToPath } from 'node:url';
import { roleEnvironment, type Config } from '../config.ts';
import { migrate } from '../platform/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../platform/embedded-postgres.ts';
import type { Logger } from '../platform/logging.ts';
import { forkRole, supervise } from '../platform/supervisor.ts';

export const ROLES = ['api', 'projector', 'worker'] as const;
export type RoleName = (typeof ROLES)[number];

export type Running = {
  /** Address of the API, e.g. `http://127.0.0.1:8000`; empty when no api role runs here. */
  readonly address: string;
  /** Ends everything in order; asking again waits for the same end. */
  readonly stop: () => Promise<void>;
};

const mainFile = fileURLToPath(new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));

const openPostgres = async (config: Config, logger: Logger): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> =>
  config.databaseUrl === undefined
    ? startEmbeddedPostgres({
        dataDir: config.dataDir,
        onRestart: (reason) => logger.warn({ reason }, 'PostgreSQL is started again'),
      })
    : { url: config.databaseUrl, stop: () => Promise.resolve() };

/**
 * Starts PostgreSQL where none is given, brings its schema up to date, and keeps one process per role.
 * @throws BootFailure, EmbeddedPostgresFailure or a database error when something cannot start; nothing is left running
 */
export const startAll = async (
  config: Config,
  { logger, roles = ROLES }: { readonly logger: Logger; readonly roles?: readonly RoleName[] },
): Promise<Running> => {
  const postgres = await openPostgres(config, logger);
  try {
    await migrate(postgres.url);
    const env = roleEnvironment(config, postgres.url);
    const supervisor = supervise<RoleName>({
      roles,
      spawn: (role) => {
        const child = forkRole(mainFile, { role, env });
        logger.info({ started: role, child_pid: child.pid }, 'role started');
        return child;
      },
      onRestart: (role, reason) => logger.warn({ restarted: role, reason }, 'role is started again'),
    });
    const details = await supervisor.ready;
    return {
      address: details.get('api') ?? '',
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
