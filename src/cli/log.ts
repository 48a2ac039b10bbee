import { renameSync } from 'node:fs';
import {
  acceptRestore,
  NothingRestored,
  OtherLogKey,
  readEpoch,
  recordLog,
  RolledBack,
  rotateLogKeys,
  waitForRecord,
  type Head,
  type Heads,
} from '../audit/index.ts';
import { dayClosing, logKeeping, numberingOf } from '../app/compose/log.ts';
import type { Container } from '../app/container.ts';
import type { DayClosed } from '../domain/audit/index.ts';
import { toDecimal } from '../domain/shared/amount-notation.ts';
import { plural } from '../platform/plural.ts';
import { createProcessLogger } from '../app/process-logger.ts';
import { withContainer } from '../app/with-container.ts';
import { generateNextLogKeys, loadConfig, type Config } from '../config/index.ts';
import { unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

type Print = (line: string) => void;

const USAGE = `Use: log head | close-day --until <date> | rotate | accept-restore --reason <text>

head                      signs a head of everything that is in the log now, and prints it
close-day --until <date>  closes the business days up to this one that are not closed yet
rotate                    lets LOG_KEY_NEXT and LOG_COSIGN_KEY_NEXT sign from now on
accept-restore            signs again after an older copy of the log was restored`;

/** Records what is not recorded yet: a projector may be running or not. */
const catchUp = async (config: Config, container: Container): Promise<void> => {
  const stopping = new AbortController();
  const log = createProcessLogger({ level: 'error', role: 'cli' });
  const recording = recordLog({ ...container, numbering: numberingOf(config), log }, stopping.signal);
  try {
    await waitForRecord(container, stopping.signal);
  } finally {
    stopping.abort();
    await recording;
  }
};

/** Records all events, and signs a head over them. Undefined: there are none. */
export const signHead = async (config: Config, container: Container): Promise<Head | undefined> => {
  await catchUp(config, container);
  return logKeeping(config, container).heads?.make();
};

/** Signs a head of everything that is in the log now, and prints it. */
const head = async (config: Config, print: Print): Promise<void> => {
  if (config.secrets.logKeys === undefined)
    throw new UsageError('LOG_KEY is off, so heads of the log are not signed; set LOG_KEY');
  printHead(await onLog(config, (container) => signHead(config, container)), print);
};

/** A day of the calendar: `2026-03-31`. */
const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

const amountsOf = ({ totals }: Pick<DayClosed['data'], 'totals'>): string =>
  totals
    .map(
      ({ currency, invoiced, credited, captured, refunded }) =>
        `${currency}: invoiced ${toDecimal(invoiced, currency)}, credited ${toDecimal(credited, currency)}, ` +
        `captured ${toDecimal(captured, currency)}, refunded ${toDecimal(refunded, currency)}`,
    )
    .join('; ');

/** What a person can put right is told as it is. */
const asUsageError = (error: unknown): UsageError => {
  if (error instanceof UsageError) return error;
  if (error instanceof RangeError || error instanceof OtherLogKey || error instanceof RolledBack)
    return new UsageError(error.message);
  if (error instanceof NothingRestored) return new UsageError(`Nothing to accept: ${error.message}.`);
  throw error;
};

const onLog = async <T extends object | undefined>(
  config: Config,
  work: (container: Container) => Promise<T>,
): Promise<T> => {
  const outcome = await withContainer(config, (container) => work(container).catch(asUsageError));
  if (outcome instanceof UsageError) throw outcome;
  return outcome;
};

const closeDays = async (config: Config, until: string, print: Print): Promise<void> => {
  const closed = await onLog(config, async (container) => {
    await catchUp(config, container);
    return dayClosing(config, container).upTo(until);
  });
  for (const { day, counts, size, ...sums } of closed)
    print(`${day}: ${counts.events} events, ${size} in all. ${amountsOf(sums)}`.trimEnd());
  print(closed.length === 0 ? 'Nothing to close: these days are closed.' : `Closed ${plural(closed.length, 'day')}.`);
};

const headsOf = (config: Config, container: Container): Heads => {
  const { heads } = logKeeping(config, container);
  if (heads === undefined) throw new UsageError('LOG_KEY is off, so heads of the log are not signed; set LOG_KEY');
  return heads;
};

const printHead = (signed: Head | undefined, print: Print): void =>
  print(signed === undefined ? 'The log is empty: there is nothing to sign.' : signed.note.trimEnd());

/** Keys of a file are followed by keys of a file; those that are set, by those that are set. */
const nextKeysOf = ({ secrets: { logKeysFile: file, nextLogKeys: keys } }: Config) => {
  if (keys !== undefined) return { keys, settle: () => undefined };
  if (file === undefined)
    throw new UsageError('LOG_KEY_NEXT and LOG_COSIGN_KEY_NEXT are not set; set them to the new keys');
  const next = generateNextLogKeys(file);
  return { keys: next.keys, settle: () => renameSync(next.path, file) };
};

const rotate = async (config: Config, print: Print): Promise<void> => {
  const { logKeys: old } = config.secrets;
  const { keys: next, settle } = nextKeysOf(config);
  const signed = await onLog(config, async (container) => {
    const heads = headsOf(config, container);
    await catchUp(config, container);
    await heads.make();
    const epoch = await readEpoch(container.db);
    if (old === undefined || epoch === undefined)
      throw new UsageError('no head was signed yet: there is no key to change');
    const record = () => catchUp(config, container);
    return rotateLogKeys({ ...container, heads, record }, { origin: epoch.origin, old, next });
  });
  settle();
  printHead(signed, print);
  print('The new keys sign from now on. Restart every process with them.');
};

const restore = async (config: Config, reason: string, print: Print): Promise<void> => {
  const signed = await onLog(config, (container) =>
    acceptRestore(
      {
        ...container,
        heads: headsOf(config, container),
        folder: config.log.headsFolder,
        record: () => catchUp(config, container),
      },
      reason,
    ),
  );
  printHead(signed, print);
};

/** `log`: heads of the log, and the close of business days. */
export const logCommand = async ([word, ...args]: readonly string[], print: Print): Promise<void> => {
  const [flag, value = ''] = args;
  if (word === 'head' && args.length === 0) return head(loadConfig(), print);
  if (word === 'close-day' && flag === '--until' && args.length === 2) {
    if (!isDate(value)) throw new UsageError(`--until is ${JSON.stringify(value)}; expected a date such as 2026-03-31`);
    return closeDays(loadConfig(), value, print);
  }
  if (word === 'rotate' && args.length === 0) return rotate(loadConfig(), print);
  if (word === 'accept-restore' && flag === '--reason' && value.trim() !== '' && args.length === 2)
    return restore(loadConfig(), value.trim(), print);
  const known = ['head', 'close-day', 'rotate', 'accept-restore'];
  if (word !== undefined && !known.includes(word)) throw unknownWord('command', word, { known, usage: USAGE });
  throw new UsageError(USAGE);
};
