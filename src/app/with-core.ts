import type { Config } from '../config/index.ts';
import { migrate } from '../platform/database.ts';
import { useEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { createLogger } from '../platform/logging.ts';
import { CannotStart, explainFailure } from './explain-failure.ts';
import { openCore, type OpenCore } from './open-core.ts';

/** Works on the configured database, or on the embedded one, which is started for this if it does not run. */
export const withCore = async <T>(config: Config, work: (core: OpenCore) => Promise<T>): Promise<T> => {
  const onDatabase = async (url: string): Promise<T> => {
    await migrate(url);
    const log = createLogger({ level: 'error', role: 'cli' });
    const core = await openCore(config, url, { applicationName: 'waybill-cli', log });
    try {
      return await work(core);
    } finally {
      await core.close();
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
