import { StoreUnavailable } from '../event-store/port.ts';
import { createBackoff, sleep } from '../platform/backoff.ts';
import type { Logger } from '../platform/logging.ts';
import { isDatabaseOutage } from '../platform/outage.ts';
import type { Reactor } from './reactor.ts';
import { runReactor, type ReactorDeps } from './run-reactor.ts';

/** A reactor that stopped at a bug is tried again this often: a newer process may have the mend. */
const STOPPED_MS = 30_000;

const isOutage = (error: unknown): boolean => error instanceof StoreUnavailable || isDatabaseOutage(error);

const keepRunning = async (reactor: Reactor, deps: ReactorDeps & { readonly log: Logger }, signal: AbortSignal) => {
  const { db, log } = deps;
  const backoff = createBackoff({ minMs: 100, maxMs: 3_000 });
  const isStopping = (): boolean => signal.aborted;
  while (!isStopping()) {
    try {
      await runReactor(reactor, deps, signal);
    } catch (error) {
      if (isStopping()) return;
      if (isOutage(error)) {
        log.warn({ reactor: reactor.name, err: error }, 'the reactor waits: the event store or the database is away');
        await sleep(backoff.nextDelayMs(), signal);
        continue;
      }
      log.error({ reactor: reactor.name, err: error }, 'the reactor stopped: this event is a bug to it');
      const failure = error instanceof Error ? error.message : String(error);
      await db('reactor_checkpoints').where('name', reactor.name).update({ failure });
      await sleep(STOPPED_MS, signal);
    }
  }
};

/** Runs every reactor until aborted. Outages are waited out; a bug stops that reactor, visibly, and no event is skipped. */
export const startReactors = async (
  reactors: readonly Reactor[],
  deps: ReactorDeps & { readonly log: Logger },
  signal: AbortSignal,
): Promise<void> => {
  await Promise.all(reactors.map((reactor) => keepRunning(reactor, deps, signal)));
};
