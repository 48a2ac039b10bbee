import { crontab } from '../../jobs/cron.ts';
import { startWorker } from '../../jobs/worker.ts';
import { reactorsFor } from '../../processes/registry.ts';
import { startReactors } from '../../processes/engine/start-processes.ts';
import { lowerPriority } from './lower-priority.ts';
import { commandsOf } from '../compose/commands.ts';
import { messagesTask } from '../compose/notifications.ts';
import type { RoleProcess } from './role-process.ts';
import { startWebhooks } from '../compose/webhooks.ts';
import { workerTasks } from '../compose/worker-tasks.ts';

/** Processes and jobs. */
export const runWorkerRole = async ({ config, databaseUrl, container, log, shutdown }: RoleProcess): Promise<void> => {
  lowerPriority();
  const writeSide = { ...container, ...commandsOf(config, container) };
  const webhooks = startWebhooks(container, config, log, shutdown.signal);
  shutdown.onShutdown(webhooks.stopped);
  const worker = await startWorker({
    db: container.db,
    url: databaseUrl,
    tasks: [...workerTasks(writeSide, config, log), ...webhooks.tasks, await messagesTask(container, config, log)],
    crontab: crontab({ ...config.orders.settings, autoProcessCron: config.orders.autoProcessCron }),
    log,
    onFatal: (error) => {
      log.error({ err: error }, 'this worker lost its hold on its jobs and ends; other workers take them over');
      shutdown.begin(1);
    },
  });
  shutdown.onShutdown(worker.stop);
  const reactors = reactorsFor({ hasCustomerService: config.services.customer !== undefined });
  const reacting = startReactors(reactors, { ...container, log }, shutdown.signal);
  shutdown.onShutdown(() => reacting);
};
