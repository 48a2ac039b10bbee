import type { OrderSettings } from '../domain/order/index.ts';
import { CRON_TASKS } from './cron-runs.ts';
import type { TaskName, TaskPayloads } from './queue.ts';

const [RELEASE, PROCESS, EXPIRE] = CRON_TASKS;

/** The payload of a job that the timetable asks for. */
type FromTimetable = { readonly _cron: { readonly ts: string } };

/** Tasks that run without a subject. */
type CronTask = { [N in TaskName]: FromTimetable extends TaskPayloads[N] ? N : never }[TaskName];

const at = (schedule: string, task: CronTask): string => `${schedule} ${task}`;

/** Runs that were missed are asked for again when a worker is back; one makes up for all, and replaces what waits. */
const caughtUp = (schedule: string, task: CronTask, within: string): string =>
  `${at(schedule, task)} ?fill=${within}&jobKey=${task}`;

/** When which task runs by itself: a crontab, in UTC. */
export const crontab = ({
  autoProcess,
  autoProcessCron,
  returnExpiresDays,
}: Pick<OrderSettings, 'autoProcess' | 'returnExpiresDays'> & { readonly autoProcessCron: string }): string =>
  [
    at('*/10 * * * *', 'backfill-documents'),
    at('17 * * * *', 'delete-expired-keys'),
    at('47 * * * *', 'delete-old-positions'),
    at('27 * * * *', 'delete-old-deliveries'),
    at('23 3 * * *', 'tidy-search-words'),
    caughtUp('4,19,34,49 * * * *', 'close-days', '1d'),
    caughtUp('41 2 * * *', 'verify-log', '1d'),
    at('*/5 * * * *', 'expire-reservations'),
    at('* * * * *', 'tend-projections'),
    caughtUp('7 * * * *', 'check-erasures', '1d'),
    at('2,12,22,32,42,52 * * * *', 'settle-erasures'),
    caughtUp('* * * * *', RELEASE, '10m'),
    ...(autoProcess === 'off' ? [] : [caughtUp(autoProcessCron, PROCESS, '1d')]),
    ...(returnExpiresDays === 0 ? [] : [caughtUp('7 * * * *', EXPIRE, '1d')]),
  ].join('\n');
