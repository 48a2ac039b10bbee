/**
 * Turns calls that arrive together into one: while a run is in progress, further calls gather and go into the next.
 * A lone call does not wait. Results come back in the order of the inputs; when a run fails, all its calls fail.
 */
export const coalesce = <In, Out>(
  run: (inputs: readonly In[]) => Promise<readonly Out[]>,
  { maxBatch = 256 }: { readonly maxBatch?: number } = {},
): ((input: In) => Promise<Out>) => {
  type Call = {
    readonly input: In;
    readonly resolve: (output: Out) => void;
    readonly reject: (error: unknown) => void;
  };
  let waiting: Call[] = [];
  let running = false;

  const runBatch = async (calls: readonly Call[]): Promise<void> => {
    try {
      const outputs = await run(calls.map(({ input }) => input));
      if (outputs.length !== calls.length) throw new Error(`${calls.length} calls got ${outputs.length} answers`);
      outputs.forEach((output, index) => calls[index]?.resolve(output));
    } catch (error) {
      calls.forEach(({ reject }) => reject(error));
    }
  };

  const drain = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      await runBatch(batch);
    }
    running = false;
  };

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (!running) queueMicrotask(() => running || void drain());
    });
};
