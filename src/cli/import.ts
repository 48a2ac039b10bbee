import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { businessYearIn, numbersOf } from '../app/compose/numbering.ts';
import type { OpenContainer } from '../app/container.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig } from '../config/index.ts';
import { seriesStream } from '../event-store/stream-names.ts';
import {
  checkFile,
  createWriteHistory,
  createWriteOrder,
  createWritePast,
  emailTokens,
  historyFile,
  isZone,
  noticesAfter,
  noticesOf,
  openImportRuns,
  openSeriesWatch,
  openSheet,
  openTimes,
  ownMap,
  PROFILES,
  tableFile,
  UnreadableFile,
  writeFileOrders,
  type Checked,
  type Finding,
  type ImportedOrder,
  type PastHistory,
  type Imported,
  type OrderFile,
  type Profile,
  type SeriesNotice,
  type SeriesReader,
} from '../imports/index.ts';
import { plural } from '../platform/plural.ts';
import { createProgress, type Progress } from '../platform/progress.ts';
import { openNumberClaims, readLastNumber } from '../numbers/index.ts';
import { refillNumbers } from '../projections/numbers/index.ts';
import { demandNoMore, parseFlags, unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

/** The history of another Waybill. */
const HISTORY = 'waybill';

const USAGE = `Use: import <file> --profile ${[...PROFILES.keys(), HISTORY].join('|')} | --map <file.yaml>
       --zone Europe/Berlin   time zone of times without an offset
       --source <name>        where the order numbers come from; default: the profile
       --dry-run              check the file and write nothing
       --skip-errors          import only the orders without errors
       --tolerance <amount>   adjust orders whose total differs by at most this amount
       --resume               continue an interrupted import of the same file
       --json                 one JSON object per line`;

/** Nothing of it could be judged, or it was called wrongly. */
const UNREADABLE = 2;
/** It broke off: part of it may be written. */
const INTERRUPTED = 3;

type Options = {
  readonly file: string;
  /** Undefined: the history of another Waybill. */
  readonly profile: Profile | undefined;
  readonly source: string;
  readonly zone: string | undefined;
  readonly tolerance: string;
  readonly dryRun: boolean;
  readonly skipErrors: boolean;
  readonly resume: boolean;
  readonly json: boolean;
};

const flagsOf = (args: readonly string[]) => {
  const [text, yes] = [{ type: 'string' }, { type: 'boolean' }] as const;
  const options = {
    profile: text,
    map: text,
    zone: text,
    source: text,
    tolerance: text,
    'dry-run': yes,
    'skip-errors': yes,
    resume: yes,
    json: yes,
  } as const;
  return parseFlags({ args: [...args], allowPositionals: true, options }, USAGE);
};

/** `own-shop.map.yaml` maps the orders of `own-shop`. */
const nameOfMap = (path: string): string =>
  basename(path)
    .replace(/(\.map)?\.ya?ml$/i, '')
    .replaceAll(/[^\w.-]/g, '-');

const profileOf = async (name: string | undefined, map: string | undefined): Promise<Profile | undefined> => {
  if (map !== undefined) {
    const text = await readFile(map, 'utf8').catch(() => {
      throw new UnreadableFile(`${map} cannot be opened.`);
    });
    return ownMap(map, text, nameOfMap(map));
  }
  if (name === HISTORY) return undefined;
  const profile = PROFILES.get(name ?? '');
  if (profile === undefined)
    throw unknownWord('profile', name ?? '', { known: [...PROFILES.keys(), HISTORY], usage: USAGE });
  return profile;
};

const optionsOf = async (args: readonly string[]): Promise<Options> => {
  const { values, positionals } = flagsOf(args);
  const [file, ...more] = positionals;
  const isOne = (values.profile === undefined) !== (values.map === undefined);
  demandNoMore(more, USAGE);
  if (file === undefined || !isOne) throw new UsageError(USAGE);
  const { zone, source, tolerance = '0' } = values;
  if (zone !== undefined && !isZone(zone))
    throw new UsageError(`--zone is ${JSON.stringify(zone)}; expected a time zone such as Europe/Berlin`);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(tolerance))
    throw new UsageError(`--tolerance is ${JSON.stringify(tolerance)}; expected an amount such as 1.00`);
  if (source !== undefined && !/^[\w.-]{1,64}$/.test(source))
    throw new UsageError('--source: expected 1 to 64 letters, digits, dots, dashes or underscores');
  const profile = await profileOf(values.profile, values.map);
  if (profile === undefined && (zone !== undefined || values.tolerance !== undefined))
    throw new UsageError(`--zone and --tolerance: not with --profile ${HISTORY}, whose times and amounts are exact`);
  return {
    file,
    profile,
    source: source ?? profile?.source ?? HISTORY,
    zone,
    tolerance,
    dryRun: values['dry-run'] ?? false,
    skipErrors: values['skip-errors'] ?? false,
    resume: values.resume ?? false,
    json: values.json ?? false,
  };
};

type Print = (line: string) => void;

type Talk = {
  readonly finding: (finding: Finding) => string;
  readonly checked: (checked: Checked) => string;
  readonly series: (notice: SeriesNotice) => string;
  readonly imported: (imported: Imported, seconds: number, series: readonly SeriesNotice[]) => string;
};

const SERIES: Readonly<Record<SeriesNotice['kind'], { readonly name: string; readonly setting: string }>> = {
  order: { name: 'orders', setting: 'ORDER_ID_PREFIX' },
  return: { name: 'returns', setting: 'RETURN_ID_PREFIX' },
  payment: { name: 'payments', setting: 'PAYMENT_ID_PREFIX' },
  invoice: { name: 'invoices', setting: 'INVOICE_ID_PREFIX' },
  credit_memo: { name: 'credit memos', setting: 'CREDIT_MEMO_ID_PREFIX' },
};

const seriesInWords = ({ kind, year, effect, imported, current, next }: SeriesNotice): string => {
  const { name, setting } = SERIES[kind];
  const here = current === null ? 'this shop has none yet' : `this shop is at ${current}`;
  return (
    `warning: numbers of ${name} of ${year}: the file goes up to ${imported}, ${here}, and draws ${next} next` +
    (effect === 'continues' ? '' : `. It will come to numbers of the file: set another ${setting} before that`)
  );
};

const inWords: Talk = {
  series: seriesInWords,
  finding: ({ severity, line, column, value, expected }) =>
    `${severity}: line ${line}, ${column}: ${JSON.stringify(value)}; expected ${expected}`,
  checked: ({ orders, importable, errors, warnings }) =>
    `${plural(orders, 'order')} read, ${importable} can be imported: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}.`,
  imported: ({ written, known, events }, seconds, series) =>
    series.map((notice) => `${seriesInWords(notice)}\n`).join('') +
    `${plural(written, 'order')} imported (${plural(events, 'event')} in ${seconds.toFixed(1)} s)` +
    `${known === 0 ? '' : `; ${known} were imported before`}.`,
};

const inJson: Talk = {
  finding: (finding) => JSON.stringify({ type: 'finding', ...finding }),
  checked: ({ sha256: _, ...counts }) => JSON.stringify({ type: 'checked', ...counts }),
  series: (notice) => JSON.stringify({ type: 'series', ...notice }),
  imported: (imported, seconds, series) => JSON.stringify({ type: 'imported', ...imported, seconds, series }),
};

type SeriesWatch = ReturnType<typeof openSeriesWatch>;

const check = async <T>(
  file: OrderFile<T>,
  watch: SeriesWatch,
  { file: path, json, print }: Pick<Options, 'file' | 'json'> & { readonly print: Print },
): Promise<Checked> => {
  const { size } = await stat(path);
  const progress = createProgress({ label: 'Checking', total: size, unit: 'bytes', out: process.stderr, print, json });
  const talk = json ? inJson : inWords;
  const checked = await checkFile(file, {
    onFinding: (finding) => progress.print(talk.finding(finding)),
    onBytes: progress.update,
    onNumber: watch.see,
  }).finally(progress.end);
  print(talk.checked(checked));
  return checked;
};

/** What a file is and where its orders go. */
type Import<T> = {
  readonly file: OrderFile<T>;
  readonly withWrite: <R>(work: (write: WriteOrder<T>, container: OpenContainer) => Promise<R>) => Promise<R>;
};

type WriteOrder<T> = Parameters<typeof writeFileOrders<T>>[2]['write'];

const ofTable = async (options: Options, profile: Profile): Promise<Import<ImportedOrder>> => {
  const { file: path, source, zone, tolerance } = options;
  const sheet = await openSheet(path, profile.layout);
  const now = new Date().toISOString();
  const readTime = openTimes({ format: profile.dateFormat, zone });
  const { decimal, readings } = profile;
  const config = loadConfig();
  return {
    file: tableFile(sheet, profile, { decimal, readings, readTime, tolerance, now }),
    withWrite: (work) =>
      withContainer(config, async (container) => {
        const { db, store, codec, dataKeys } = container;
        const emailToken = emailTokens(await dataKeys.forSearch());
        return work(
          createWriteOrder({ store, codec, drawNumber: numbersOf(config, db), emailToken }, source),
          container,
        );
      }),
  };
};

/** The check already asks the database whether a number is taken. */
const ofHistory = ({ file: path, source }: Options, container: OpenContainer): Import<PastHistory> => {
  const { db, store, codec } = container;
  const { taken, claim } = openNumberClaims(db);
  return {
    file: historyFile(path, { taken, now: new Date().toISOString() }),
    withWrite: (work) => work(createWriteHistory(createWritePast({ store, codec, source }), claim), container),
  };
};

type Outcome = { readonly imported: Imported; readonly notices: readonly SeriesNotice[] };

const write = <T>(
  { file, withWrite }: Import<T>,
  { checked, notices }: { readonly checked: Checked; readonly notices: readonly SeriesNotice[] },
  { source, resume }: Options,
  progress: Progress,
): Promise<Outcome> =>
  withWrite(async (writeOrder, container) => {
    // Restored from an older backup, the database may not know every number that the log has.
    await refillNumbers(container);
    const imported = await writeFileOrders(file, checked, {
      write: writeOrder,
      runs: openImportRuns(container.db),
      run: randomUUID(),
      source,
      resume,
      onOrders: progress.update,
    });
    return { imported, notices: await noticesAfter(notices, seriesReader(container)) };
  });

const seriesReader = ({ db, store }: OpenContainer): SeriesReader => {
  const { businessTimeZone, numberPrefixes: prefixes } = loadConfig();
  return {
    prefixes,
    year: businessYearIn(businessTimeZone)(new Date().toISOString()),
    last: (kind, year) => readLastNumber(db, kind, year),
    lastDocument: async (series, year) => {
      const [last] = await store.readStream(seriesStream(series, year), { direction: 'backwards', limit: 1 });
      return Number(last?.revision ?? -1n) + 1;
    },
  };
};

/** The database is asked only where the file reaches into a series of this shop. */
const readNotices = async <T>({ withWrite }: Import<T>, watch: SeriesWatch): Promise<readonly SeriesNotice[]> => {
  const seen = watch.seen();
  return seen.length === 0 ? [] : withWrite((_, container) => noticesOf(seen, seriesReader(container)));
};

const importFile = async <T>(given: Import<T>, options: Options, print: Print): Promise<void> => {
  const { dryRun, skipErrors, json } = options;
  const talk = json ? inJson : inWords;
  const watch = openSeriesWatch(loadConfig().numberPrefixes);
  const checked = await check(given.file, watch, { ...options, print });
  const notices = await readNotices(given, watch);
  for (const notice of notices) print(talk.series(notice));
  if (checked.errors > 0) process.exitCode = 1;
  if (dryRun || (checked.errors > 0 && !skipErrors)) {
    if (!json)
      print(
        dryRun
          ? 'Nothing was written: this was a dry run.'
          : 'Nothing was written. --skip-errors imports the orders without errors.',
      );
    return;
  }
  if (skipErrors) process.exitCode = 0;
  const begun = performance.now();
  const progress = createProgress({
    label: 'Importing',
    total: checked.orders,
    unit: 'orders',
    out: process.stderr,
    print,
    json,
  });
  try {
    const outcome = await write(given, { checked, notices }, options, progress);
    progress.end();
    print(talk.imported(outcome.imported, (performance.now() - begun) / 1000, outcome.notices));
  } catch (error) {
    process.exitCode = INTERRUPTED;
    progress.end();
    throw error;
  }
};

const importOrders = async (options: Options, print: Print): Promise<void> => {
  const { file: path, profile } = options;
  if (profile !== undefined) return importFile(await ofTable(options, profile), options, print);
  await access(path, constants.R_OK).catch(() => {
    throw new UnreadableFile(`${path} cannot be opened.`);
  });
  // What is wrong with the file is no failure of the database, in whose name others would be explained.
  const unreadable = await withContainer(loadConfig(), (container) =>
    importFile(ofHistory(options, container), options, print).catch((error: unknown) => {
      if (error instanceof UnreadableFile) return error;
      throw error;
    }),
  );
  if (unreadable !== undefined) throw unreadable;
};

/** `import <file>`: brings the orders of another shop system in, after checking all of them. */
export const importCommand = async (args: readonly string[], print: Print): Promise<void> => {
  try {
    await importOrders(await optionsOf(args), print);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof UnreadableFile)) throw error;
    console.error(error.message);
    process.exitCode = UNREADABLE;
  }
};
