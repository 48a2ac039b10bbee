import { keepLog, waitForRecord, type Head } from '../audit/index.ts';
import { dayClosing, logKeeping } from '../app/compose/log.ts';
import type { Container } from '../app/container.ts';
import type { DayClosed } from '../domain/audit/index.ts';
import { toDecimal } from '../domain/shared/amount-notation.ts';
import { createProcessLogger } from '../app/process-logger.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig, type Config } from '../config/index.ts';
import { UsageError } from './usage-error.ts';

type Print = (line: string) => void;

const USAGE = `Use: log head | close-day --until <date>

head                      signs a head of everything that is in the log now, and prints it
close-day --until <date>  closes the business days up to this one that are not closed yet`;

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

/** Signs a head of everything that is in the log now, and prints it. */
const head = async (config: Config, print: Print): Promise<void> => {
  if (config.secrets.logKeys === undefined)
    throw new UsageError('LOG_KEY is off, so heads of the log are not signed; set LOG_KEY');
  const signed = await withContainer(config, (container) => signHead(config, container));
  print(signed === undefined ? 'The log is empty: there is nothing to sign.' : signed.note.trimEnd());
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

const closeDays = async (config: Config, until: string, print: Print): Promise<void> => {
  const closed = await withContainer(config, async (container) => {
    await catchUp(config, container);
    return dayClosing(config, container).upTo(until);
  }).catch((error: unknown) => {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  });
  for (const { day, counts, size, ...sums } of closed)
    print(`${day}: ${counts.events} events, ${size} in all. ${amountsOf(sums)}`.trimEnd());
  print(closed.length === 0 ? 'Nothing to close: these days are closed.' : `Closed ${closed.length} days.`);
};

/** `log`: heads of the log, and the close of business days. */
export const logCommand = async ([word, ...args]: readonly string[], print: Print): Promise<void> => {
  const [flag, until = ''] = args;
  if (word === 'head' && args.length === 0) return head(loadConfig(), print);
  if (word === 'close-day' && flag === '--until' && args.length === 2) {
    if (!isDate(until)) throw new UsageError(`--until is ${JSON.stringify(until)}; expected a date such as 2026-03-31`);
    return closeDays(loadConfig(), until, print);
  }
  throw new UsageError(USAGE);
};
