/** Keeps read models from the log: projector, checkpoints, batches, rebuild. It knows none of them. */
export { applyBatch } from './apply-batch.ts';
export { createWaitForPosition, openCheckpoint, readCheckpoints, type WaitForPosition } from './checkpoints.ts';
export { RebuildInProgress } from './failures.ts';
export { projection, typesFolded, type Addend, type Projection, type Row, type StoredRows } from './projection.ts';
export { readDayRange } from './calendar.ts';
export type { DayOf, EventDays } from './calendar.ts';
export { liveTarget } from './rows.ts';
export { runProjector, startProjectors, type ProjectorDeps } from './projector.ts';
export type { RebuildDeps } from './rebuild-batcher.ts';
export { rebuildProjection, withRebuildLock } from './rebuild.ts';
export { projectionStatus, type ProjectionStatus } from './status.ts';
