/**
 * Does some work for each item, for at most so many at once, and answers in the order of the items. After a failure no
 * further item is begun; it is thrown once nothing is in progress any more.
 */
export const mapAtMost = async <T, R>(
  atOnce: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  const failures: unknown[] = [];
  const left = items.entries();
  const goOn = async (): Promise<void> => {
    for (const [at, item] of left) {
      if (failures.length > 0) return;
      try {
        results[at] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, goOn));
  if (failures.length > 0) throw failures[0];
  return results;
};
