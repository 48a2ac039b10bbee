import { CannotStart, explainFailure } from '../app/explain-failure.ts';
import { isRole, ROLES } from '../app/roles/role-process.ts';
import { startAll } from '../app/start-all.ts';
import { loadConfig } from '../config/index.ts';
import { createProcessLogger } from '../app/process-logger.ts';
import { unknownWord } from './command-words.ts';

/** `start [roles]`: runs until a signal ends it. It prints the address once the API listens. */
export const startCommand = async (words: readonly string[], print: (line: string) => void): Promise<void> => {
  const roles = words.filter(isRole);
  const unknown = words.find((word) => !isRole(word));
  if (unknown !== undefined)
    throw unknownWord('role', unknown, { known: ROLES, usage: `Use: start [${ROLES.join('|')} ...]` });
  const config = loadConfig();
  const logger = createProcessLogger({ level: config.logLevel, role: 'supervisor' });
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
