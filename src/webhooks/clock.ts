import { sleep } from '../platform/backoff.ts';

/** Time as deliveries see it, so that three days can pass in a moment. */
export type Clock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Returns after so many milliseconds, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = { now: Date.now, sleep };
