import { parseArgs } from 'node:util';
import { withContainer } from '../app/with-container.ts';
import { loadConfig, type Config } from '../config/index.ts';
import {
  CannotExport,
  countOrders,
  exportPosition,
  HISTORY_READS,
  historyLines,
  writeExport,
} from '../exports/index.ts';
import { createProgress } from '../platform/progress.ts';
import { bringUpToDate } from './catch-up.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Use: export history --format ndjson --out <file> [--resume] [--json]
       history: every order with its returns, payments and document numbers, for another Waybill to import`;

/** The file cannot be written, or the command was called wrongly. */
const UNWRITABLE = 2;

const flagsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  try {
    const options = { format: text, out: text, resume: yes, json: yes } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch {
    throw new UsageError(USAGE);
  }
};

const optionsOf = (args: readonly string[]) => {
  const { values, positionals } = flagsOf(args);
  const { format = 'ndjson', out, resume = false, json = false } = values;
  const [what, ...more] = positionals;
  if (what !== 'history' || more.length > 0 || format !== 'ndjson' || out === undefined) throw new UsageError(USAGE);
  return { what, format, out, resume, json };
};

type Print = (line: string) => void;

const run = async (
  config: Config,
  { what, format, out, resume, json }: ReturnType<typeof optionsOf>,
  print: Print,
): Promise<CannotExport | undefined> =>
  withContainer(config, async (container) => {
    const { db } = container;
    await bringUpToDate(container, config, HISTORY_READS);
    const total = await countOrders(db);
    const progress = createProgress({ label: 'Exporting', total, unit: 'orders', out: process.stderr, print, json });
    const begun = performance.now();
    try {
      const { rows, position } = await writeExport({
        path: out,
        what: `${what} ${format}`,
        resume,
        position: () => exportPosition(db, HISTORY_READS),
        chunks: (until, already) => historyLines(container, { until, after: already?.place }),
        onRows: progress.update,
      });
      progress.end();
      const seconds = (performance.now() - begun) / 1000;
      const done = { rows, position: String(position), seconds };
      print(
        json
          ? JSON.stringify({ type: 'exported', ...done })
          : `${rows} orders written to ${out}, as of position ${done.position}, in ${seconds.toFixed(1)} s.`,
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
