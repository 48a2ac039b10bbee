import type { Container } from '../app/container.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig } from '../config/index.ts';
import { openCronRuns, type CronRun } from '../jobs/cron-runs.ts';
import { backfillDocuments } from '../processes/invoicing/backfill-documents.ts';
import { UsageError } from './usage-error.ts';

type Print = (line: string) => void;

const backfill = async ({ db }: Container, print: Print): Promise<void> => {
  const asked = await backfillDocuments(db);
  print(asked === 0 ? 'No document is missing.' : `Asked for ${asked} missing documents; a running worker makes them.`);
};

const SHOWN_RUNS = 20;

const outcomeOf = ({ finished_at, moved, failed, reason }: CronRun): string => {
  if (finished_at === null) return 'has not finished';
  return `moved ${moved}, failed ${failed}${reason === null ? '' : `, broke off: ${reason}`}`;
};

const clock = async ({ db }: Container, print: Print): Promise<void> => {
  const runs = await openCronRuns(db).list({ limit: SHOWN_RUNS });
  if (runs.length === 0) print('The clock has not run yet; a worker runs it.');
  for (const run of runs) {
    print(`${run.started_at}  ${run.task}  ${outcomeOf(run)}`);
    for (const { order_id, reason } of run.failures) print(`  ${order_id}: ${reason}`);
  }
};

const JOBS_VERBS = new Map([
  ['backfill', backfill],
  ['clock', clock],
]);

/** `jobs -- backfill`: asks for every document that should exist and does not. `jobs -- clock`: what the clock did. */
export const jobsCommand = async (args: readonly string[], print: Print): Promise<void> => {
  const run = args.length === 1 ? JOBS_VERBS.get(args[0] ?? '') : undefined;
  if (run === undefined) throw new UsageError(`Use: jobs ${[...JOBS_VERBS.keys()].join('|')}`);
  await withContainer(loadConfig(), (container) => run(container, print));
};
