import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { numbersOf } from '../app/compose/numbering.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig } from '../config/index.ts';
import {
  checkFile,
  createWriteOrder,
  emailTokens,
  isZone,
  openImportRuns,
  openSheet,
  openTimes,
  ownMap,
  PROFILES,
  UnreadableFile,
  writeFileOrders,
  type Checked,
  type FileToImport,
  type Finding,
  type Imported,
  type Profile,
} from '../imports/index.ts';
import { createProgress, type Progress } from '../platform/progress.ts';
import { refillNumbers } from '../projections/numbers/index.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Use: import <file> --profile ${[...PROFILES.keys()].join('|')} | --map <file.yaml>
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
  readonly profile: Profile;
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
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        profile: text,
        map: text,
        zone: text,
        source: text,
        tolerance: text,
        'dry-run': yes,
        'skip-errors': yes,
        resume: yes,
        json: yes,
      },
    });
  } catch {
    throw new UsageError(USAGE);
  }
};

/** `own-shop.map.yaml` maps the orders of `own-shop`. */
const nameOfMap = (path: string): string =>
  basename(path)
    .replace(/(\.map)?\.ya?ml$/i, '')
    .replaceAll(/[^\w.-]/g, '-');

const profileOf = async (name: string | undefined, map: string | undefined): Promise<Profile> => {
  if (map !== undefined) {
    const text = await readFile(map, 'utf8').catch(() => {
      throw new UnreadableFile(`${map} cannot be opened.`);
    });
    return ownMap(map, text, nameOfMap(map));
  }
  const profile = PROFILES.get(name ?? '');
  if (profile === undefined) throw new UsageError(USAGE);
  return profile;
};

const optionsOf = async (args: readonly string[]): Promise<Options> => {
  const { values, positionals } = flagsOf(args);
  const [file, ...more] = positionals;
  const isOne = (values.profile === undefined) !== (values.map === undefined);
  if (file === undefined || more.length > 0 || !isOne) throw new UsageError(USAGE);
  const { zone, source, tolerance = '0' } = values;
  if (zone !== undefined && !isZone(zone))
    throw new UsageError(`--zone is ${JSON.stringify(zone)}; expected a time zone such as Europe/Berlin`);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(tolerance))
    throw new UsageError(`--tolerance is ${JSON.stringify(tolerance)}; expected an amount such as 1.00`);
  if (source !== undefined && !/^[\w.-]{1,64}$/.test(source))
    throw new UsageError('--source: expected 1 to 64 letters, digits, dots, dashes or underscores');
  const profile = await profileOf(values.profile, values.map);
  return {
    file,
    profile,
    source: source ?? profile.source,
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
  readonly imported: (imported: Imported, seconds: number) => string;
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const inWords: Talk = {
  finding: ({ severity, line, column, value, expected }) =>
    `${severity}: line ${line}, ${column}: ${JSON.stringify(value)}; expected ${expected}`,
  checked: ({ orders, importable, errors, warnings }) =>
    `${plural(orders, 'order')} read, ${importable} can be imported: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}.`,
  imported: ({ written, known, events }, seconds) =>
    `${plural(written, 'order')} imported (${plural(events, 'event')} in ${seconds.toFixed(1)} s)` +
    `${known === 0 ? '' : `; ${known} were imported before`}.`,
};

const inJson: Talk = {
  finding: (finding) => JSON.stringify({ type: 'finding', ...finding }),
  checked: ({ sha256: _, ...counts }) => JSON.stringify({ type: 'checked', ...counts }),
  imported: (imported, seconds) => JSON.stringify({ type: 'imported', ...imported, seconds }),
};

const check = async (file: FileToImport, { file: path, json }: Options, print: Print): Promise<Checked> => {
  const { size } = await stat(path);
  const progress = createProgress({ label: 'Checking', total: size, unit: 'bytes', out: process.stderr, print, json });
  const talk = json ? inJson : inWords;
  const checked = await checkFile(file, {
    onFinding: (finding) => progress.print(talk.finding(finding)),
    onBytes: progress.update,
  });
  progress.end();
  print(talk.checked(checked));
  return checked;
};

const write = (file: FileToImport, checked: Checked, options: Options, progress: Progress): Promise<Imported> => {
  const config = loadConfig();
  const { source, resume } = options;
  return withContainer(config, async (container) => {
    const { db, store, codec, dataKeys } = container;
    // Restored from an older backup, the database may not know every number that the log has.
    await refillNumbers(container);
    const deps = {
      store,
      codec,
      drawNumber: numbersOf(config, db),
      emailToken: emailTokens(await dataKeys.forSearch()),
    };
    return writeFileOrders(file, checked, {
      write: createWriteOrder(deps, source),
      runs: openImportRuns(db),
      run: randomUUID(),
      source,
      resume,
      onOrders: progress.update,
    });
  });
};

const importOrders = async (options: Options, print: Print): Promise<void> => {
  const { file: path, profile, zone, tolerance, dryRun, skipErrors, json } = options;
  const sheet = await openSheet(path, profile.layout);
  const now = new Date().toISOString();
  const readTime = openTimes({ format: profile.dateFormat, zone });
  const { decimal, readings } = profile;
  const file: FileToImport = { sheet, profile, how: { decimal, readings, readTime, tolerance, now } };

  const checked = await check(file, options, print);
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
    const imported = await write(file, checked, options, progress);
    progress.end();
    print((json ? inJson : inWords).imported(imported, (performance.now() - begun) / 1000));
  } catch (error) {
    process.exitCode = INTERRUPTED;
    progress.end();
    throw error;
  }
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
