/**
 * Tells all waiting subscribers that events were appended. Read the count before you read events: an append in between
 * then ends the wait at once.
 */
export type Signal = {
  readonly raise: () => void;
  /** How many times it was raised so far. */
  readonly count: () => number;
  /** Returns once it was raised more often than `since`, the time is over or `signal` is aborted. */
  readonly waitBeyond: (
    since: number,
    options: { readonly timeoutMs?: number; readonly signal: AbortSignal },
  ) => Promise<void>;
};

export const createSignal = (): Signal => {
  let raised = 0;
  const waiting = new Set<() => void>();

  return {
    raise: () => {
      raised += 1;
      for (const wake of [...waiting]) wake();
    },
    count: () => raised,
    waitBeyond: (since, { timeoutMs, signal }) =>
      new Promise((resolve) => {
        if (raised > since || signal.aborted) {
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
