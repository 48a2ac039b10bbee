import { setTimeout as delay } from 'node:timers/promises';
import { TooMuchContention } from './handle.ts';

/** How long a request waits for others that change the same stream, in milliseconds. */
const WAIT_MS = 5_000;
const PAUSE_MS = 40;

/** Does something to a stream when it is this request's turn. */
export type WaitForTurn = <T>(stream: string, attempt: () => Promise<T>) => Promise<T>;

/**
 * Requests that change one order wait for each other instead of failing: in this process one after the other, so that
 * many of them cost no more than their sum; against other processes by trying again.
 * @throws TooMuchContention when the turn has not come in time
 */
export const createWaitForTurn = (waitMs = WAIT_MS): WaitForTurn => {
  /** The last request in the queue of each stream, for which the next one waits. */
  const lastInQueue = new Map<string, Promise<void>>();

  const tryUntil = async <T>(deadline: number, attempt: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof TooMuchContention) || performance.now() > deadline) throw error;
        await delay(Math.random() * PAUSE_MS);
      }
    }
  };

  return async (stream, attempt) => {
    const deadline = performance.now() + waitMs;
    const before = lastInQueue.get(stream) ?? Promise.resolve();
    const own = before.then(() => {
      if (performance.now() > deadline) throw new TooMuchContention(`${stream}: its turn did not come in ${waitMs} ms`);
      return tryUntil(deadline, attempt);
    });
    const ended = own.then(
      () => undefined,
      () => undefined,
    );
    lastInQueue.set(stream, ended);
    try {
      return await own;
    } finally {
      if (lastInQueue.get(stream) === ended) lastInQueue.delete(stream);
    }
  };
};
