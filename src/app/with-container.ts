import type { Config } from '../config/index.ts';
import { migrate } from '../platform/database.ts';
import { useEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { createProcessLogger } from './process-logger.ts';
import { CannotStart, explainFailure } from './explain-failure.ts';
import { openContainer, type OpenContainer } from './container.ts';

/** Works on the configured database, or on the embedded one, which is started for this if it does not run. */
export const withContainer = async <T>(config: Config, work: (container: OpenContainer) => Promise<T>): Promise<T> => {
  const onDatabase = async (url: string): Promise<T> => {
    await migrate(url);
    const log = createProcessLogger({ level: 'error', role: 'cli' });
    const container = await openContainer(config, url, { applicationName: 'waybill-cli', log });
    try {
      return await work(container);
    } finally {
      await container.close();
    }
  };
  try {
    return await (config.databaseUrl === undefined
      ? useEmbeddedPostgres({ dataDir: config.dataDir }, onDatabase)
      : onDatabase(config.databaseUrl));
  } catch (error) {
    throw new CannotStart(explainFailure(error, config), { cause: error });
  }
};
