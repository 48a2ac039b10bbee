import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { temporaryFolder } from './temporary.ts';

export type TestCluster = { readonly url: string; readonly stop: () => Promise<void> };

/** A PostgreSQL of its own in a temporary folder. Not durable: nothing of a test outlives the machine. */
export const startTestCluster = async (): Promise<TestCluster> => {
  const folder = await temporaryFolder();
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '400' };
  const { url, stop } = await startEmbeddedPostgres({ dataDir: folder.path, settings });
  return {
    url,
    stop: async () => {
      await stop();
      await folder.remove();
    },
  };
};
