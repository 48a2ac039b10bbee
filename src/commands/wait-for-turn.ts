import { setTimeout as delay } from 'node:timers/promises';
import { TooMuchContention } from './handle.ts';

/** How long a request waits for others that change the same stream, in milliseconds. */
const WAIT_MS = 5_000;
const PAUSE_MS = 40;

/** Tries again while others win the race for a stream: refunds of one payment wait for each other instead of failing. */
export const waitForTurn = async <T>(attempt: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TooMuchContention) || performance.now() > deadline) throw error;
      await delay(Math.random() * PAUSE_MS);
    }
  }
};
