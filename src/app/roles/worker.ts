import { crontab } from '../../jobs/cron.ts';
import { startWorker } from '../../jobs/worker.ts';
import { bindTasks } from '../../jobs/task.ts';
import { processesAmong } from '../../processes/engine/process.ts';
import { startProcesses } from '../../processes/engine/start-processes.ts';
import { declarations } from '../../processes/registry.ts';
import { lowerPriority } from './lower-priority.ts';
import { commandsOf } from '../compose/commands.ts';
import type { RoleProcess } from './role-process.ts';
import { startWebhooks } from '../compose/webhooks.ts';
import { workerDeps } from '../compose/worker-tasks.ts';

/** Processes and jobs. */
export const runWorkerRole = async ({
  config,
  databaseUrl,
  container,
  log,
  shutdown,
  lease,
}: RoleProcess): Promise<void> => {
  lowerPriority();
  const writeSide = { ...container, ...commandsOf(config, container) };
  const webhooks = startWebhooks(container, config, log, shutdown.signal);
  shutdown.onShutdown(webhooks.stopped);
  const deps = { ...(await workerDeps(writeSide, config, log)), ...webhooks.deps };
  const worker = await startWorker({
    db: container.db,
    url: databaseUrl,
    lease,
    tasks: bindTasks(declarations, deps),
    crontab: crontab({ ...config.orders.settings, autoProcessCron: config.orders.autoProcessCron }),
    log,
    onFatal: (error) => {
      log.error({ err: error }, 'this worker lost its lease and ends; other workers take over its jobs');
      shutdown.begin(1);
    },
  });
  shutdown.onShutdown(worker.stop);
  const following = startProcesses(processesAmong(declarations, deps), { ...container, log }, shutdown.signal);
  shutdown.onShutdown(() => following);
};
