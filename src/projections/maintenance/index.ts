/** What operators do with read models: look, rebuild beside the live one, compare, swap, roll back. */
export { diffProjection, type Diff } from './diff.ts';
export { cancelRebuild, dropOldCopies, findInterrupted, projectionDetails, type ProjectionDetail } from './maintain.ts';
