import type { Clock } from '../../src/webhooks/clock.ts';

type Sleeper = { readonly until: number; readonly wake: () => void };

/** A clock that stands still until it is told otherwise. */
export const virtualClock = (start = Date.now()) => {
  let now = start;
  const sleepers = new Set<Sleeper>();
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          until: now + ms,
          wake: (): void => {
            sleepers.delete(sleeper);
            signal.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal.addEventListener('abort', sleeper.wake);
        if (signal.aborted) sleeper.wake();
      }),
  };
  return {
    clock,
    /** Lets so many milliseconds pass. */
    pass: (ms: number): void => {
      now += ms;
      for (const sleeper of [...sleepers]) if (sleeper.until <= now) sleeper.wake();
    },
  };
};
