import { setTimeout as delay } from 'node:timers/promises';

export type BackoffOptions = {
  /** First pause, milliseconds. Default 50. */
  readonly minMs?: number;
  /** Longest pause, milliseconds. Default 1000. */
  readonly maxMs?: number;
};

/**
 * Growing pauses between attempts, each drawn at random from the upper half of its range, so that many waiters do not
 * come back at the same moment.
 */
export const createBackoff = ({ minMs = 50, maxMs = 1000 }: BackoffOptions = {}) => {
  let attempts = 0;
  return {
    nextDelayMs: (): number => {
      const ceiling = Math.min(maxMs, minMs * 2 ** attempts++);
      return ceiling / 2 + (Math.random() * ceiling) / 2;
    },
    /** After a success the next pause is short again. */
    reset: (): void => {
      attempts = 0;
    },
  };
};

/** Waits, but not beyond an abort: then it returns at once. Look at the signal afterwards. */
export const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
};
