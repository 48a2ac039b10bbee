/** Weight of the newest measurement: one long pause is no overload, several in a row are. */
const WEIGHT = 0.3;

export type LagWatch = {
  readonly isOverloaded: () => boolean;
  readonly stop: () => void;
};

export type LagOptions = {
  /** Lag from which on there is more to do than can be done, in milliseconds. */
  readonly thresholdMs: number;
  /** Milliseconds, default 100. */
  readonly everyMs?: number;
};

/** Measures the delay of this process's timers: all its other work is equally late. */
export const watchLag = ({ thresholdMs, everyMs = 100 }: LagOptions): LagWatch => {
  let lag = 0;
  let expected = performance.now() + everyMs;
  const timer = setInterval(() => {
    const now = performance.now();
    lag += (Math.max(0, now - expected) - lag) * WEIGHT;
    expected = now + everyMs;
  }, everyMs);
  timer.unref();
  return { isOverloaded: () => lag > thresholdMs, stop: () => clearInterval(timer) };
};
