import { pino, type Logger } from 'pino';
import { bindTasks, type Task } from '../../src/jobs/task.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { processesAmong } from '../../src/processes/engine/process.ts';
import { startProcesses } from '../../src/processes/engine/start-processes.ts';
import { declarations, type WorkerDeps } from '../../src/processes/registry.ts';
import { createSandboxGateway } from '../../src/gateways/payment/sandbox.ts';
import type { Core } from './core.ts';
import { askingOnce, workerDepsOf } from './worker-deps.ts';

export type TestWorkerOptions = {
  /** What it works with, where a test wants it otherwise. Default: the sandbox, slow for two seconds where it is told to be. */
  readonly deps?: Partial<WorkerDeps>;
  /** Tasks of the test's own, beside those of every worker. */
  readonly more?: readonly Task[];
  /** Default: silence. */
  readonly log?: Logger;
};

export type TestWorker = { readonly stop: () => Promise<void> };

/** Everything that the worker role does, in this process. Tests start it by `startWorker` of their API. */
export const startTestWorker = async (
  { core, url }: { readonly core: Core; readonly url: string },
  { deps: changes = {}, more = [], log = pino({ level: 'silent' }) }: TestWorkerOptions = {},
): Promise<TestWorker> => {
  const askGateway = askingOnce(core, createSandboxGateway({ db: core.db, slowMs: 2_000 }));
  const deps = workerDepsOf(core, { askGateway, ...changes });
  const worker = await startWorker({
    db: core.db,
    url,
    tasks: [...bindTasks(declarations, deps), ...more],
    crontab: '',
    log,
    onFatal: (error) => {
      throw error;
    },
  });
  const stopping = new AbortController();
  const following = startProcesses(processesAmong(declarations, deps), { ...core, log }, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await following;
      await worker.stop();
    },
  };
};
