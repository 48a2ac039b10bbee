import { crontab } from '../../jobs/cron.ts';
import { startWorker } from '../../jobs/worker.ts';
import { reactorsFor } from '../../processes/registry.ts';
import { startReactors } from '../../processes/engine/start-processes.ts';
import { lowerPriority } from './lower-priority.ts';
import { messagesTask } from '../compose/notifications.ts';
import type { RoleProcess } from './role-process.ts';
import { startWebhooks } from '../compose/webhooks.ts';
import { workerTasks } from '../compose/worker-tasks.ts';

/** Reactors and jobs. */
export const runWorkerRole = async ({ config, databaseUrl, core, log, shutdown }: RoleProcess): Promise<void> => {
  lowerPriority();
  const webhooks = startWebhooks(core, config, log, shutdown.signal);
  shutdown.onShutdown(webhooks.stopped);
  const worker = await startWorker({
    db: core.db,
    url: databaseUrl,
    tasks: [...workerTasks(core, config, log), ...webhooks.tasks, await messagesTask(core, config, log)],
    crontab: crontab({ ...config.orders.policy, autoProcessCron: config.orders.autoProcessCron }),
    log,
    onFatal: (error) => {
      log.error({ err: error }, 'this worker can no longer be sure of its jobs and ends; others take them over');
      shutdown.begin(1);
    },
  });
  shutdown.onShutdown(worker.stop);
  const reactors = reactorsFor({ hasCustomerService: config.services.customer !== undefined });
  const reacting = startReactors(reactors, { ...core, log }, shutdown.signal);
  shutdown.onShutdown(() => reacting);
};
