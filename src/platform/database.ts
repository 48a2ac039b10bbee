import { readdir, readFile } from 'node:fs/promises';
import { Logger as QueueLogger, runMigrations as migrateJobQueue } from 'graphile-worker';
import knexFactory, { type Knex } from 'knex';
import type { Client } from 'pg';
import { limitAnswers } from './limit-answers.ts';
import { ownFile } from './own-files.ts';
import { KEEP_ALIVE, SESSION_SETTINGS } from './session-settings.ts';
import { createSilence, type Silence } from './silence.ts';
import { closeSilentConnections } from './silent-connections.ts';

/**
 * A statement that the server parses and plans once for a connection: for those that come hundreds of times a second and
 * cannot be planned badly, whatever the tables hold. One name always means one text.
 */
export const prepared = <T>(name: string, statement: Knex.Raw<T>): Knex.Raw<T> => statement.options({ name });

/** Longest that one migration may take: an hour. */
const MIGRATION_MS = 3_600_000;
const MIGRATION_LOCK = 0x77617962; // 'wayb'
const migrationsFolder = ownFile('migrations/');

export type DatabaseOptions = {
  readonly url: string;
  /** Most connections this process holds. Default 10. */
  readonly poolSize?: number;
  /** Shows in pg_stat_activity. */
  readonly applicationName?: string;
  /** A statement without an answer after this long fails, and its connection is closed. Milliseconds, default 33 000. */
  readonly answerWithinMs?: number;
  /** Shared with the other pools of this process on the same server. Default: with none. */
  readonly silence?: Silence;
  /** Runs before each statement, which is not sent when this throws. */
  readonly mayAsk?: () => void;
};

/** The server's own limit is shorter than ours: what came of the statement is then known, and the connection stays usable. */
const SERVER_SHARE = 0.9;

/**
 * Opens a pool. Statements end after a while, here and at the server, and idle transactions after 10 s: a stuck process
 * must not hold the locks that others wait for, nor a dead connection the calls that go through it.
 */
export const openDatabase = ({
  url,
  poolSize = 10,
  applicationName = 'waybill',
  answerWithinMs = 33_000,
  silence = createSilence(),
  mayAsk,
}: DatabaseOptions): Knex =>
  closeSilentConnections(
    knexFactory({
      client: 'pg',
      connection: {
        connectionString: url,
        application_name: applicationName,
        statement_timeout: Math.floor(answerWithinMs * SERVER_SHARE),
        connectionTimeoutMillis: Math.min(answerWithinMs, 10_000),
        idle_in_transaction_session_timeout: 10_000,
        options: SESSION_SETTINGS,
        ...KEEP_ALIVE,
      },
      pool: {
        min: 0,
        max: poolSize,
        afterCreate: (connection: Client, done: () => void) => {
          limitAnswers(connection, answerWithinMs);
          done();
        },
      },
      acquireConnectionTimeout: 10_000,
      // knex prints lost connections with their stack on standard output, and throws them as well.
      log: { warn: () => undefined },
    }),
    { silence, mayAsk },
  );

/** For a statement that may take as long as it takes; the server's own limit is lifted apart from this. */
export const unhurried = <T>(statement: Knex.Raw<T>): Knex.Raw<T> => statement.options({ query_timeout: 86_400_000 });

/** Forward-only SQL files of `migrations/`, in name order. */
const sqlFiles: Knex.MigrationSource<string> = {
  getMigrations: async () => (await readdir(migrationsFolder)).filter((file) => file.endsWith('.sql')).sort(),
  getMigrationName: (file) => file,
  getMigration: async (file) => {
    const sql = await readFile(new URL(file, migrationsFolder), 'utf8');
    return {
      up: (db: Knex) => db.raw(sql.replaceAll('?', '\\?')),
      down: () => Promise.reject(new Error('migrations go forward only')),
    };
  },
};

/** The database was migrated by a newer release, which this one cannot read safely. */
export class NewerDatabase extends Error {
  override readonly name = 'NewerDatabase';
}

const demandKnownMigrations = async (db: Knex): Promise<void> => {
  if (!(await db.schema.hasTable('knex_migrations'))) return; // a new database
  const applied = await db<{ readonly name: string }>('knex_migrations').select('name');
  const known = await sqlFiles.getMigrations([]);
  const unknown = applied.find(({ name }) => !known.includes(name));
  if (unknown !== undefined) throw new NewerDatabase(`migration ${unknown.name} is not known to this release`);
};

/**
 * Brings the schema and the job queue's tables up to date. Processes that start at once wait for each other on an advisory lock, which a killed
 * process gives up by itself; the lock row that knex keeps would stay behind, so it is freed under ours.
 */
export const migrate = async (url: string): Promise<void> => {
  const lock = openDatabase({ url, poolSize: 1, applicationName: 'waybill-migrate-lock', answerWithinMs: 130_000 });
  const db = openDatabase({ url, poolSize: 1, applicationName: 'waybill-migrate', answerWithinMs: MIGRATION_MS });
  try {
    await lock.raw('set statement_timeout = 120000');
    await lock.raw('select pg_advisory_lock(?)', [MIGRATION_LOCK]);
    await db.raw('set statement_timeout = 0');
    await demandKnownMigrations(db);
    await db.migrate.forceFreeMigrationsLock({ migrationSource: sqlFiles });
    await db.migrate.latest({ migrationSource: sqlFiles });
    await migrateJobQueue({ connectionString: url, logger: new QueueLogger(() => () => undefined) });
  } finally {
    await db.destroy();
    await lock.destroy();
  }
};

/** Whether a statement failed because another one wrote the same key first. */
export const isKeyTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';
