import { setPriority } from 'node:os';

/** As with the command `nice`: 0 is the default, 19 the lowest priority. */
const BELOW_DEFAULT = 5;

/** Gives way to the API on a machine that is short of processors: its callers are waiting. */
export const lowerPriority = (by = BELOW_DEFAULT): void => {
  try {
    setPriority(by);
  } catch {
    // Some systems forbid it; all roles then have the same priority.
  }
};
