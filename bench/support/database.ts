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

/** PostgreSQL as users get it, durable, in a temporary folder; a database of its own for every benchmark. */
export const startBenchServer = async (): Promise<BenchServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-'));
  const server = await startEmbeddedPostgres({ dataDir: folder });
  return {
    openDatabase: async (name) => {
      const database = `bench_${name.replaceAll('-', '_')}`;
      await run(server.url, `create database ${database}`);
      const url = new URL(server.url);
      url.pathname = `/${database}`;
      await migrate(url.href);
      return { url: url.href, drop: () => run(server.url, `drop database ${database} with (force)`) };
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
