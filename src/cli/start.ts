import { fileURLToPath } from 'node:url';
import { loadConfig, roleEnvironment, type Config } from '../config/index.ts';
import { migrate } from '../platform/database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { createLogger, type Logger } from '../platform/logging.ts';
import { CannotStart, explainFailure } from './explain-failure.ts';
import { UsageError } from './usage-error.ts';
import { forkRole, supervise } from '../app/supervisor.ts';

const ROLES = ['api', 'projector', 'worker'] as const;
export type RoleName = (typeof ROLES)[number];
export const isRole = (word: string): word is RoleName => ROLES.some((role) => role === word);

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
    let env = roleEnvironment(config, postgres.url);
    const supervisor = supervise<RoleName>({
      roles,
      spawn: (role) => {
        const child = forkRole(mainFile, { role, env });
        logger.info({ started: role, child_pid: child.pid }, 'role started');
        return child;
      },
      onRestart: (role, reason) => logger.warn({ restarted: role, reason }, 'role is started again'),
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

/** `start [roles]`: runs until a signal ends it; what it says it says once it really listens. */
export const startCommand = async (words: readonly string[], print: (line: string) => void): Promise<void> => {
  const roles = words.filter(isRole);
  if (roles.length < words.length) throw new UsageError(`Use: start [${ROLES.join('|')} ...]`);
  const config = loadConfig();
  const logger = createLogger({ level: config.logLevel, role: 'supervisor' });
  const starting = startAll(config, { logger, ...(roles.length > 0 && { roles }) });

  let stopping = false;
  const isStopping = (): boolean => stopping;
  const stop = (): void => {
    if (isStopping()) return;
    stopping = true;
    void starting.then((running) => running.stop()).then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

  const { address } = await starting.catch((error: unknown) => {
    throw new CannotStart(explainFailure(error, config), { cause: error });
  });
  if (address === '' || isStopping()) return;
  print(`Waybill listens on ${address}`);
  print(`  docs   ${address}/docs`);
  print('  token  npm run --silent token -- --role admin');
};
