import type { Knex } from 'knex';
import { match } from 'ts-pattern';
import { numberingOf } from '../app/compose/log.ts';
import { reportDeps } from '../app/compose/reports.ts';
import type { OpenContainer } from '../app/container.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig, type Config } from '../config/index.ts';
import {
  CannotExport,
  countRows,
  exportPosition,
  exportTarget,
  HISTORY_READS,
  historyLines,
  inFormat,
  reportFile,
  tableNamed,
  writeExport,
  type ExportFile,
} from '../exports/index.ts';
import { plural } from '../platform/plural.ts';
import { createProgress } from '../platform/progress.ts';
import { CannotReport, NoLedger, openReports, REPORT_READS } from '../reports/index.ts';
import { bringUpToDate } from './catch-up.ts';
import { exportOptions, type ExportOptions, type Wanted } from './export-options.ts';
import { UsageError } from './usage-error.ts';

/** The file cannot be written, or the command was called wrongly. */
const UNWRITABLE = 2;

type Source = Pick<ExportFile, 'position' | 'chunks'> & {
  readonly reads: readonly string[];
  /** What is counted, in the singular. */
  readonly unit: string;
  readonly total: (db: Knex) => Promise<number>;
};

/** Beyond this the progress of an export of events is no more than a lower bound. */
const MOST_COUNTED = 100_000_000;

type Of<K extends Wanted['kind']> = Extract<Wanted, { readonly kind: K }>;

const historySource = (container: OpenContainer): Source => ({
  reads: HISTORY_READS,
  unit: 'order',
  total: () => countRows(container.db, 'order_list'),
  position: () => exportPosition(container.db, HISTORY_READS),
  chunks: (until, begun) => historyLines(container, { until, after: begun?.place }),
});

const tableSource = (
  { name, filters }: Of<'table'>,
  { format, bom, decimal }: ExportOptions,
  container: OpenContainer,
): Source => {
  const { db, store } = container;
  const { columns, reads, counted, batches } = tableNamed(name);
  return {
    reads,
    unit: name === 'events' ? 'event' : 'row',
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

/** A report is read at once, in one snapshot with the position that it says. */
const reportSource = (
  { name, query }: Of<'report'>,
  { format, bom, decimal }: ExportOptions,
  { config, container }: { readonly config: Config; readonly container: OpenContainer },
): Source => {
  const now = new Date().toISOString();
  const options = {
    defaultCurrency: config.orders.defaultCurrency,
    timeZone: config.businessTimeZone,
    paymentGateway: config.payments.gateway,
    numbering: numberingOf(config),
  };
  const read = () =>
    container.db.transaction(
      async (tx) => {
        const position = await exportPosition(tx, REPORT_READS);
        const reports = openReports(reportDeps({ ...container, ...options, db: tx }));
        return { position, report: await reports[name](query, now) };
      },
      { isolationLevel: 'repeatable read', readOnly: true },
    );
  let reading: ReturnType<typeof read> | undefined;
  const snapshot = () => (reading ??= read());
  return {
    reads: REPORT_READS,
    unit: 'row',
    total: async () => (await snapshot()).report.rows.length,
    position: async () => (await snapshot()).position,
    chunks: async function* () {
      yield reportFile((await snapshot()).report, { format, bom, decimal });
    },
  };
};

const sourceOf = (options: ExportOptions, config: Config, container: OpenContainer): Source =>
  match(options.wanted)
    .with({ kind: 'history' }, () => historySource(container))
    .with({ kind: 'table' }, (wanted) => tableSource(wanted, options, container))
    .with({ kind: 'report' }, (wanted) => reportSource(wanted, options, { config, container }))
    .exhaustive();

type Print = (line: string) => void;

/** What is wrong with what was asked for is no failure of the database, which others are explained as. */
const isOfTheUser = (error: unknown): error is Error =>
  error instanceof CannotExport || error instanceof CannotReport || error instanceof NoLedger;

const run = (config: Config, options: ExportOptions, print: Print): Promise<Error | undefined> =>
  withContainer(config, async (container) => {
    const { what, wanted, out, resume, json, format, bom, decimal } = options;
    const { reads, unit, total, position, chunks } = sourceOf(options, config, container);
    await bringUpToDate(container, config, reads);
    const begun = performance.now();
    try {
      const progress = createProgress({
        label: `Exporting ${what}`,
        total: await total(container.db),
        unit: `${unit}s`,
        out: process.stderr,
        print,
        json,
      });
      const id = JSON.stringify({ wanted, format, bom, decimal });
      const done = await writeExport({
        path: out,
        what: id,
        resume,
        position,
        chunks,
        onRows: progress.update,
      }).finally(progress.end);
      const seconds = (performance.now() - begun) / 1000;
      const at = String(done.position);
      print(
        json
          ? JSON.stringify({ type: 'exported', rows: done.rows, position: at, seconds })
          : `${plural(done.rows, unit)} written to ${out}, as of position ${at}, in ${seconds.toFixed(1)} s.`,
      );
      return undefined;
    } catch (error) {
      if (isOfTheUser(error)) return error;
      throw error;
    }
  });

/** `export <what>`: writes what the shop has to a file. */
export const exportCommand = async (args: readonly string[], print: Print): Promise<void> => {
  const config = loadConfig();
  try {
    const options = exportOptions(args, config.businessTimeZone);
    await exportTarget(options.out); // before the read models are brought up to date, which can take long
    const failed = await run(config, options, print);
    if (failed !== undefined) throw failed;
  } catch (error) {
    if (!(error instanceof UsageError) && !isOfTheUser(error)) throw error;
    console.error(error.message);
    process.exitCode = UNWRITABLE;
  }
};
