import { setImmediate } from 'node:timers/promises';

/** How long one piece of work may hold up everybody else, in milliseconds. */
const SLICE_MS = 5;

/**
 * Maps values one after another, and lets what else waits in this process go first every 5 ms: a page of a thousand rows
 * does not hold up those who ask for one.
 */
export const mapInSlices = async <T, R>(values: readonly T[], map: (value: T) => R): Promise<readonly R[]> => {
  const mapped: R[] = [];
  let until = performance.now() + SLICE_MS;
  for (const value of values) {
    if (performance.now() > until) {
      await setImmediate();
      until = performance.now() + SLICE_MS;
    }
    mapped.push(map(value));
  }
  return mapped;
};
