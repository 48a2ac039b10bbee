import { parseArgs } from 'node:util';
import type { Knex } from 'knex';
import type { OpenContainer } from '../app/container.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig, type Config } from '../config/index.ts';
import {
  CannotExport,
  countRows,
  exportPosition,
  FORMATS,
  HISTORY_READS,
  historyLines,
  inFormat,
  tableNamed,
  TABLES,
  writeExport,
  type ExportFile,
  type Filters,
  type Format,
  type TableName,
} from '../exports/index.ts';
import { createProgress } from '../platform/progress.ts';
import { bringUpToDate } from './catch-up.ts';
import { UsageError } from './usage-error.ts';

/** Not a table: what another Waybill imports. */
const HISTORY = 'history';

const USAGE = `Use: export <what> --format csv|json|ndjson --out <file>
       what: ${TABLES.join(', ')}
       --from, --to <day>     only rows of these days, in UTC, both included
       --status <status>      only rows with this status, as often as there are statuses
       --bom                  begin a CSV with a byte order mark, for spreadsheets
       --decimal ,            write the numbers of a CSV with a comma
       --resume               continue an interrupted export of the same file
       --json                 one JSON object per line
     export ${HISTORY} --out <file>   every order with its returns, payments and document numbers, for another Waybill`;

/** The file cannot be written, or the command was called wrongly. */
const UNWRITABLE = 2;

const flagsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  const statuses = { type: 'string', multiple: true } as const;
  try {
    const options = {
      format: text,
      out: text,
      from: text,
      to: text,
      decimal: text,
      status: statuses,
      bom: yes,
      resume: yes,
      json: yes,
    } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch {
    throw new UsageError(USAGE);
  }
};

type Options = {
  readonly out: string;
  readonly what: TableName | typeof HISTORY;
  readonly format: Format;
  readonly filters: Filters;
  readonly bom: boolean;
  readonly decimal: '.' | ',';
  readonly resume: boolean;
  readonly json: boolean;
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The first or last moment of a day. */
const momentOf = (name: string, text: string | undefined, time: string): string | undefined => {
  if (text === undefined) return undefined;
  const at = new Date(`${text}T${time}Z`);
  if (!DAY.test(text) || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text))
    throw new UsageError(`--${name} is ${JSON.stringify(text)}; expected a day such as 2026-03-01`);
  return at.toISOString();
};

const whatOf = (word: string | undefined): Options['what'] => {
  const what = word === HISTORY ? HISTORY : TABLES.find((name) => name === word);
  if (what === undefined) throw new UsageError(USAGE);
  return what;
};

const optionsOf = (args: readonly string[]): Options => {
  const { values, positionals } = flagsOf(args);
  const [word, ...more] = positionals;
  const { out, status, bom = false, decimal = '.', resume = false, json = false } = values;
  if (out === undefined || more.length > 0) throw new UsageError(USAGE);
  const what = whatOf(word);
  const given = values.format ?? (what === HISTORY ? 'ndjson' : 'csv');
  const format = FORMATS.find((known) => known === given);
  if (format === undefined || (decimal !== '.' && decimal !== ',')) throw new UsageError(USAGE);
  const from = momentOf('from', values.from, '00:00:00.000');
  const to = momentOf('to', values.to, '23:59:59.999');
  const isFiltered = from !== undefined || to !== undefined || status !== undefined;
  if (what === HISTORY && (format !== 'ndjson' || isFiltered))
    throw new UsageError(`${HISTORY} is exported as a whole, and as ndjson`);
  if (format !== 'csv' && (bom || decimal === ',')) throw new UsageError('--bom and --decimal: only with --format csv');
  if (status !== undefined && (what === 'documents' || what === 'events'))
    throw new UsageError(`--status: ${what} have no status`);
  return { out, what, format, filters: { from, to, status }, bom, decimal, resume, json };
};

type Source = Pick<ExportFile, 'position' | 'chunks'> & {
  readonly reads: readonly string[];
  readonly unit: string;
  readonly total: (db: Knex) => Promise<number>;
};

const sourceOf = ({ what, format, filters, bom, decimal }: Options, container: OpenContainer): Source => {
  const { db, store } = container;
  if (what === HISTORY)
    return {
      reads: HISTORY_READS,
      unit: 'orders',
      total: () => countRows(db, 'order_list'),
      position: () => exportPosition(db, HISTORY_READS),
      chunks: (until, begun) => historyLines(container, { until, after: begun?.place }),
    };
  const { columns, reads, counted, batches } = tableNamed(what);
  return {
    reads,
    unit: what === 'events' ? 'events' : 'rows',
    total: async () =>
      counted === undefined
        ? (await store.countAfter({ after: 0n, limit: MOST_COUNTED, prefixes: [''] })).count
        : countRows(db, counted),
    position: () => (reads.length === 0 ? store.head() : exportPosition(db, reads)),
    chunks: (until, begun) =>
      inFormat(columns, batches(container, { ...filters, until, after: begun?.place }), {
        form: { format, bom, decimal },
        begun: begun?.rows,
      }),
  };
};

/** Beyond this the progress of an export of events is no more than a lower bound. */
const MOST_COUNTED = 100_000_000;

type Print = (line: string) => void;

const run = (config: Config, options: Options, print: Print): Promise<CannotExport | undefined> =>
  withContainer(config, async (container) => {
    const { out, what, resume, json, format, filters, bom, decimal } = options;
    const { reads, unit, total, position, chunks } = sourceOf(options, container);
    await bringUpToDate(container, config, reads);
    const label = `Exporting ${what}`;
    const progress = createProgress({
      label,
      total: await total(container.db),
      unit,
      out: process.stderr,
      print,
      json,
    });
    const begun = performance.now();
    try {
      const id = JSON.stringify({ what, format, filters, bom, decimal });
      const done = await writeExport({ path: out, what: id, resume, position, chunks, onRows: progress.update });
      progress.end();
      const seconds = (performance.now() - begun) / 1000;
      const at = String(done.position);
      print(
        json
          ? JSON.stringify({ type: 'exported', rows: done.rows, position: at, seconds })
          : `${done.rows} ${unit} written to ${out}, as of position ${at}, in ${seconds.toFixed(1)} s.`,
      );
      return undefined;
    } catch (error) {
      progress.end();
      if (error instanceof CannotExport) return error; // no failure of the database, which others are explained as
      throw error;
    }
  });

/** `export <what>`: writes what the shop has to a file. */
export const exportCommand = async (args: readonly string[], print: Print): Promise<void> => {
  try {
    const failed = await run(loadConfig(), optionsOf(args), print);
    if (failed !== undefined) throw failed;
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof CannotExport)) throw error;
    console.error(error.message);
    process.exitCode = UNWRITABLE;
  }
};
