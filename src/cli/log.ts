import { keepLog, waitForRecord, type Head } from '../audit/index.ts';
import { logKeeping } from '../app/compose/log.ts';
import type { Container } from '../app/container.ts';
import { createProcessLogger } from '../app/process-logger.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig, type Config } from '../config/index.ts';
import { UsageError } from './usage-error.ts';

type Print = (line: string) => void;

const USAGE = 'Use: log head';

/** Records what is not recorded yet: a projector may be running or not. */
const catchUp = async (config: Config, container: Container): Promise<void> => {
  const stopping = new AbortController();
  const log = createProcessLogger({ level: 'error', role: 'cli' });
  const recording = keepLog({ ...container, ...logKeeping(config, container), heads: undefined, log }, stopping.signal);
  try {
    await waitForRecord(container, stopping.signal);
  } finally {
    stopping.abort();
    await recording;
  }
};

const signHead = async (config: Config, container: Container): Promise<Head | undefined> => {
  await catchUp(config, container);
  return logKeeping(config, container).heads?.make();
};

/** `log head`: signs a head of everything that is in the log now, and prints it. */
export const logCommand = async (args: readonly string[], print: Print): Promise<void> => {
  if (args.join(' ') !== 'head') throw new UsageError(USAGE);
  const config = loadConfig();
  if (config.secrets.logKeys === undefined)
    throw new UsageError('LOG_KEY is off, so heads of the log are not signed; set LOG_KEY');
  const head = await withContainer(config, (container) => signHead(config, container));
  print(head === undefined ? 'The log is empty: there is nothing to sign.' : head.note.trimEnd());
};
