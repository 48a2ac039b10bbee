import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { migrate, openDatabase } from '../../src/platform/database.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

export type TestDatabase = {
  readonly url: string;
  readonly db: Knex;
  /** Closes the pool and drops the database. */
  readonly close: () => Promise<void>;
};

const TEMPLATE_LOCK = 0x7465_7374; // 'test'

const databaseUrl = (serverUrl: string, database: string): string => {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
};

const onServer = async <T>(serverUrl: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: databaseUrl(serverUrl, 'postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Named after what the migrations say, so a server that lives longer than a change never offers an old template. */
const templateName = async (): Promise<string> => {
  const folder = new URL('../../migrations/', import.meta.url);
  const hash = createHash('sha256');
  for (const file of (await readdir(folder).catch(() => [])).sort()) hash.update(await readFile(new URL(file, folder)));
  return `template_${hash.digest('hex').slice(0, 12)}`;
};

/** Migrated once per server; others wait meanwhile. Renamed when complete, so a half-made one is never used. */
const ensureTemplate = async (serverUrl: string): Promise<string> => {
  const template = await templateName();
  await onServer(serverUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount !== 0) return;
    await client.query(`drop database if exists ${template}_draft with (force)`);
    await client.query(`create database ${template}_draft`);
    await migrate(databaseUrl(serverUrl, `${template}_draft`));
    await client.query(`alter database ${template}_draft rename to ${template}`);
  });
  return template;
};

type Server = { readonly url: string; readonly release: () => Promise<void> };

let own: { readonly cluster: Promise<TestCluster>; users: number } | undefined;

/** The run's server, or for a file that runs alone one of its own, which ends with its last database. */
const useServer = async (): Promise<Server> => {
  const url = process.env['TEST_DATABASE_URL'];
  if (url !== undefined) return { url, release: () => Promise.resolve() };
  const mine = (own ??= { cluster: startTestCluster(), users: 0 });
  mine.users += 1;
  const cluster = await mine.cluster;
  return {
    url: cluster.url,
    release: async () => {
      mine.users -= 1;
      if (mine.users > 0) return;
      own = undefined;
      await cluster.stop();
    },
  };
};

/** A fresh, migrated database for one file. Close it in `suite.after`, or the file never ends. */
export const openTestDatabase = async (): Promise<TestDatabase> => {
  const server = await useServer();
  const template = await ensureTemplate(server.url);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server.url, (client) => client.query(`create database ${name} template ${template}`));
  const url = databaseUrl(server.url, name);
  const db = openDatabase({ url, applicationName: 'waybill-test' });
  return {
    url,
    db,
    close: async () => {
      await db.destroy();
      await onServer(server.url, (client) => client.query(`drop database if exists ${name} with (force)`));
      await server.release();
    },
  };
};
