import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';

export type BenchDatabase = { readonly url: string; readonly drop: () => Promise<void> };
export type BenchServer = {
  readonly openDatabase: (name: string) => Promise<BenchDatabase>;
  readonly stop: () => Promise<void>;
};

const run = async (url: string, sql: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/** A migrated database on the server of another one. */
export const createDatabase = async (server: string, name: string): Promise<BenchDatabase> => {
  await run(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrate(url.href);
  return { url: url.href, drop: () => run(server, `drop database ${name} with (force)`) };
};

/** PostgreSQL as users get it, durable, in a temporary folder; a database of its own for every benchmark. */
export const startBenchServer = async (): Promise<BenchServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-'));
  const server = await startEmbeddedPostgres({ dataDir: folder });
  return {
    openDatabase: (name) => createDatabase(server.url, `bench_${name.replaceAll('-', '_')}`),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
