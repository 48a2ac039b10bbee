/** Does something to each, so many at once; answers in their order. The first failure fails all. */
export const inParallel = async <In, Out>(
  inputs: readonly In[],
  atOnce: number,
  work: (input: In) => Promise<Out>,
): Promise<readonly Out[]> => {
  const outputs = new Map<number, Out>();
  const waiting = inputs.entries();
  const takeTurns = async (): Promise<void> => {
    for (const [index, input] of waiting) outputs.set(index, await work(input));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, inputs.length) }, takeTurns));
  return [...outputs].toSorted(([a], [b]) => a - b).map(([, output]) => output);
};
