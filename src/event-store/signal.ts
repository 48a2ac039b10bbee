/** Wakes everyone who waits for news. Count before you look: news that comes in between is then not slept through. */
export type Signal = {
  readonly ring: () => void;
  /** How often it has rung so far. */
  readonly count: () => number;
  /** Returns once the bell has rung more often than `since`, the time is over or the signal is aborted. */
  readonly waitBeyond: (
    since: number,
    options: { readonly timeoutMs?: number; readonly signal: AbortSignal },
  ) => Promise<void>;
};

export const createSignal = (): Signal => {
  let rung = 0;
  const waiting = new Set<() => void>();

  return {
    ring: () => {
      rung += 1;
      for (const wake of [...waiting]) wake();
    },
    count: () => rung,
    waitBeyond: (since, { timeoutMs, signal }) =>
      new Promise((resolve) => {
        if (rung > since || signal.aborted) {
          resolve();
          return;
        }
        const wake = (): void => {
          waiting.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      }),
  };
};
