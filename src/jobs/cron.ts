import type { OrderSettings } from '../domain/order/index.ts';
import { CRON_TASKS } from './cron-runs.ts';

const [RELEASE, PROCESS] = CRON_TASKS;

/** Runs that were missed are asked for again when a worker is back; one makes up for all, and replaces what waits. */
const caughtUp = (task: string, within: string): string => `${task} ?fill=${within}&jobKey=${task}`;

/** When which task runs by itself: a crontab, in UTC. */
export const crontab = ({
  autoProcess,
  autoProcessCron,
}: Pick<OrderSettings, 'autoProcess'> & { readonly autoProcessCron: string }): string =>
  [
    '*/10 * * * * backfill-documents',
    '17 * * * * delete-expired-keys',
    '47 * * * * delete-old-positions',
    '27 * * * * delete-old-deliveries',
    '23 3 * * * tidy-search-words',
    `* * * * * ${caughtUp(RELEASE, '10m')}`,
    ...(autoProcess === 'off' ? [] : [`${autoProcessCron} ${caughtUp(PROCESS, '1d')}`]),
  ].join('\n');
