import type { Container } from '../app/container.ts';
import { withContainer } from '../app/with-container.ts';
import { loadConfig } from '../config/index.ts';
import { openCronRuns, type CronRun } from '../jobs/cron-runs.ts';
import { plural } from '../platform/plural.ts';
import { backfillDocuments } from '../processes/backfilling.ts';
import { demandNoMore, unknownWord } from './command-words.ts';
import { UsageError } from './usage-error.ts';

type Print = (line: string) => void;

const backfill = async ({ db }: Container, print: Print): Promise<void> => {
  const requested = await backfillDocuments(db);
  print(
    requested === 0
      ? 'No document is missing.'
      : `Requested ${plural(requested, 'missing document')}; a running worker creates ${requested === 1 ? 'it' : 'them'}.`,
  );
};

const SHOWN_RUNS = 20;

const outcomeOf = ({ finished_at, moved, failed, reason }: CronRun): string => {
  if (finished_at === null) return 'has not finished';
  return `moved ${moved}, failed ${failed}${reason === null ? '' : `, aborted: ${reason}`}`;
};

const listScheduledRuns = async ({ db }: Container, print: Print): Promise<void> => {
  const runs = await openCronRuns(db).list({ limit: SHOWN_RUNS });
  if (runs.length === 0) print('No scheduled run yet; a running worker starts them.');
  for (const run of runs) {
    print(`${run.started_at}  ${run.task}  ${outcomeOf(run)}`);
    for (const { order_id, return_id, reason } of run.failures) print(`  ${return_id ?? order_id}: ${reason}`);
  }
};

const JOBS_VERBS = new Map([
  ['backfill', backfill],
  ['clock', listScheduledRuns],
]);

/** `jobs backfill`: requests every missing document. `jobs clock`: lists the latest scheduled runs. */
export const jobsCommand = async (args: readonly string[], print: Print): Promise<void> => {
  const known = [...JOBS_VERBS.keys()];
  const usage = `Use: jobs ${known.join('|')}`;
  const [verb, ...more] = args;
  if (verb === undefined) throw new UsageError(usage);
  const run = JOBS_VERBS.get(verb);
  if (run === undefined) throw unknownWord('command', verb, { known, usage });
  demandNoMore(more, usage);
  await withContainer(loadConfig(), (container) => run(container, print));
};
