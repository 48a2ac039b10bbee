export type CoalesceOptions = {
  /** Most calls in one run. Default 256. */
  readonly maxBatch?: number;
  /** A run that takes longer than this holds up no further calls: they go into a run beside it. Milliseconds, default 1000. */
  readonly overdueMs?: number;
};

/** Runs at once, those included that are overdue. */
const MOST_RUNS = 4;

/**
 * Turns calls that arrive together into one: while a run is in progress, further calls gather and go into the next.
 * A lone call does not wait. Results come back in the order of the inputs; when a run fails, all its calls fail.
 */
export const coalesce = <In, Out>(
  run: (inputs: readonly In[]) => Promise<readonly Out[]>,
  { maxBatch = 256, overdueMs = 1_000 }: CoalesceOptions = {},
): ((input: In) => Promise<Out>) => {
  type Call = {
    readonly input: In;
    readonly resolve: (output: Out) => void;
    readonly reject: (error: unknown) => void;
  };
  let waiting: Call[] = [];
  let running = 0;
  let overdue = 0;

  const runBatch = async (calls: readonly Call[]): Promise<void> => {
    const found = { isOverdue: false };
    const timer = setTimeout(() => {
      found.isOverdue = true;
      overdue += 1;
      drainUnlessBusy();
    }, overdueMs);
    try {
      const outputs = await run(calls.map(({ input }) => input));
      if (outputs.length !== calls.length) throw new Error(`${calls.length} calls got ${outputs.length} answers`);
      outputs.forEach((output, index) => calls[index]?.resolve(output));
    } catch (error) {
      calls.forEach(({ reject }) => reject(error));
    } finally {
      clearTimeout(timer);
      if (found.isOverdue) overdue -= 1;
    }
  };

  const isBusy = (): boolean => running > overdue || running >= MOST_RUNS;

  /** Takes what waits until nothing is left, or until another run has begun beside this one. */
  const drain = async (): Promise<void> => {
    while (waiting.length > 0 && !isBusy()) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      running += 1;
      await runBatch(batch);
      running -= 1;
    }
  };

  const drainUnlessBusy = (): void => void (isBusy() || drain());

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (!isBusy()) queueMicrotask(drainUnlessBusy);
    });
};
