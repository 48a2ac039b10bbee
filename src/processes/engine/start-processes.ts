import { isOutage } from '../../event-store/outage.ts';
import { createBackoff, sleep } from '../../platform/backoff.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Process } from './process.ts';
import { recordFailure, runProcesses, type ProcessRunnerDeps } from './run-processes.ts';

/** Processes that stopped at a bug are tried again this often: a newer version may have the fix. */
const STOPPED_MS = 30_000;

/** Runs processes until aborted. Outages are waited out; a bug stops them, visibly, and no event is skipped. */
export const startProcesses = async (
  processes: readonly Process[],
  deps: ProcessRunnerDeps & { readonly log: Logger },
  signal: AbortSignal,
): Promise<void> => {
  const { db, log } = deps;
  const backoff = createBackoff({ minMs: 100, maxMs: 3_000 });
  const isStopping = (): boolean => signal.aborted;

  const stop = async (error: unknown): Promise<void> => {
    log.error({ err: error }, 'a process failed on this event; all processes wait until a fix is running');
    await recordFailure(db, error instanceof Error ? error.message : String(error));
    await sleep(STOPPED_MS, signal);
  };

  while (!isStopping()) {
    try {
      await runProcesses(processes, deps, signal).catch(async (error: unknown) => {
        if (isOutage(error)) throw error;
        if (!isStopping()) await stop(error);
      });
    } catch (error) {
      if (isStopping()) return;
      log.warn({ err: error }, 'processes are waiting: the event store or the database is unavailable');
      await sleep(backoff.nextDelayMs(), signal);
    }
  }
};
