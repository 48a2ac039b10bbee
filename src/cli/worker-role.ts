import { startWorker } from '../jobs/worker.ts';
import { reactors } from '../reactors/registry.ts';
import { startReactors } from '../reactors/start-reactors.ts';
import type { RoleProcess } from './role-process.ts';
import { workerTasks } from './worker-tasks.ts';

/** When which task runs by itself. */
const CRONTAB = [
  '*/10 * * * * backfill-documents',
  '17 * * * * delete-expired-keys',
  '47 * * * * delete-old-positions',
].join('\n');

/** Reactors and jobs. */
export const runWorkerRole = async ({ config, databaseUrl, core, log, shutdown }: RoleProcess): Promise<void> => {
  const worker = await startWorker({
    db: core.db,
    url: databaseUrl,
    tasks: workerTasks(core, config),
    crontab: CRONTAB,
    log,
    onFatal: (error) => {
      log.error({ err: error }, 'this worker can no longer be sure of its jobs and ends; others take them over');
      shutdown.begin(1);
    },
  });
  shutdown.onShutdown(worker.stop);
  const reacting = startReactors(reactors, { ...core, log }, shutdown.signal);
  shutdown.onShutdown(() => reacting);
};
