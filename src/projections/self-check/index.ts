/** Compares read models with the log, and repairs what differs. */
export { countDrift, readDrift, type Drift, type DriftCount } from './drift.ts';
export { keepChecking } from './keep-checking.ts';
export { NoKey, repairProjection, type Repaired } from './repair.ts';
