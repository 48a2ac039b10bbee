import type { EventStore } from '../event-store/port.ts';
import { sleep } from '../platform/backoff.ts';
import { joinSignals } from '../platform/join-signals.ts';
import type { Held, Lease } from './leases.ts';
import type { Progress } from './progress.ts';
import { createTry, type Attempting } from './attempt.ts';
import { deliverHeld } from './deliver-held.ts';
import { deliverBatch, isWanted } from './deliver-new.ts';
import { createEndpointState } from './endpoint-state.ts';

export type EndpointRun = Attempting & {
  readonly store: Pick<EventStore, 'subscribe' | 'readStream'>;
  readonly lease: Lease;
  /** Streams held before. */
  readonly held: readonly Held[];
  readonly save: (progress: Progress) => Promise<void>;
  /** 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Ends it: deliveries in progress get a moment to end. */
  readonly signal: AbortSignal;
};

const BATCH = 128;
/** Time that deliveries in progress get at a stop, in milliseconds. */
const GRACE_MS = 2_000;
/** If no event is wanted, the position is written at most this often, in milliseconds. */
const MARK_EVERY_MS = 1_000;

/**
 * Sends one endpoint everything it wants: each stream in its order, an event only once the one before was accepted or
 * given up. Ends by the signal, or throws: then the holder of the lease begins anew from what was saved.
 */
export const runEndpoint = async (run: EndpointRun): Promise<void> => {
  const { store, lease, save, clock, random = Math.random } = run;
  const failed = new AbortController();
  const { signal: stopping, letGo } = joinSignals(run.signal, failed.signal);
  const cutting = new AbortController();
  const cut = async (): Promise<void> => {
    await sleep(GRACE_MS, failed.signal);
    cutting.abort();
  };
  stopping.addEventListener('abort', () => void cut(), { once: true });
  const state = createEndpointState(lease, run.held);
  const delivering = {
    lease,
    state,
    tryOnce: createTry(run),
    save,
    clock,
    random,
    stopping,
    cutting: cutting.signal,
    store,
  };

  const follow = async (): Promise<void> => {
    let marked = performance.now();
    const prefixes = [''];
    for await (const batch of store.subscribe({
      after: lease.position,
      prefixes,
      signal: stopping,
      batchSize: BATCH,
    })) {
      await deliverBatch(delivering, batch);
      if (batch.events.some((event) => isWanted(lease, event)) || performance.now() - marked < MARK_EVERY_MS) continue;
      marked = performance.now();
      await save({ position: batch.position, attempts: [], held: [], released: [], at: clock.now() });
    }
  };

  const orStop = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      failed.abort();
      throw error;
    }
  };
  const outcomes = await Promise.allSettled([orStop(follow()), orStop(deliverHeld(delivering))]);
  cutting.abort();
  failed.abort(); // the moment need not pass any more
  letGo();
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};
