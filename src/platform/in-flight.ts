/** Work in progress, by when it began, so that one can wait for all that began before a moment. */
export type InFlight = {
  /** Does the work, which counts until it has ended. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
  /** Waits for what is in progress now; what begins meanwhile is not waited for. */
  readonly settled: () => Promise<void>;
};

export const createInFlight = (): InFlight => {
  const running = new Set<Promise<unknown>>();
  return {
    during: async (work) => {
      const done = work();
      running.add(done);
      try {
        return await done;
      } finally {
        running.delete(done);
      }
    },
    settled: async () => {
      await Promise.allSettled(running);
    },
  };
};
