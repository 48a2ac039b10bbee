import { createBackoff, sleep } from '../../platform/backoff.ts';
import type { Logger } from '../../platform/logging.ts';
import { isOutage } from './cannot-react.ts';
import type { Reactor } from './reactor.ts';
import { recordFailure, runReactors, type ReactorDeps } from './run-processes.ts';

/** Policies that stopped at a bug are tried again this often: a newer process may have the mend. */
const STOPPED_MS = 30_000;

/** Runs policies until aborted. Outages are waited out; a bug stops them, visibly, and no event is skipped. */
export const startReactors = async (
  reactors: readonly Reactor[],
  deps: ReactorDeps & { readonly log: Logger },
  signal: AbortSignal,
): Promise<void> => {
  const { db, log } = deps;
  const backoff = createBackoff({ minMs: 100, maxMs: 3_000 });
  const isStopping = (): boolean => signal.aborted;

  const stop = async (error: unknown): Promise<void> => {
    log.error({ err: error }, 'the policies stopped: this event is a bug to one of them');
    await recordFailure(db, error instanceof Error ? error.message : String(error));
    await sleep(STOPPED_MS, signal);
  };

  while (!isStopping()) {
    try {
      await runReactors(reactors, deps, signal).catch(async (error: unknown) => {
        if (isOutage(error)) throw error;
        if (!isStopping()) await stop(error);
      });
    } catch (error) {
      if (isStopping()) return;
      log.warn({ err: error }, 'the policies wait: the event store or the database is away');
      await sleep(backoff.nextDelayMs(), signal);
    }
  }
};
