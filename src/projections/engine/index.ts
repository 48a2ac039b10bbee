/** Keeps read models from the log: projector, checkpoints, batches, rebuild. It knows none of them. */
export { applyBatch } from './apply-batch.ts';
export {
  createWaitForPosition,
  openCheckpoint,
  readCheckpoints,
  type Checkpoint,
  type WaitForPosition,
} from './checkpoints.ts';
export { COUNTERS_OF } from './counter-names.ts';
export { CannotProject, NoSuchCopy, NothingWaits, RebuildCancelled, RebuildInProgress } from './failures.ts';
export {
  keyOf,
  plainRow,
  projection,
  typesFolded,
  type FindEvents,
  type Addend,
  type Projection,
  type Row,
  type StoredRows,
  type Tokens,
} from './projection.ts';
export { forgetNames } from './known.ts';
export { asStored, foldEvents, openEvents, type Entries } from './fold.ts';
export { isDayCounter, readDayRange, readDays, utcDay } from './calendar.ts';
export type { DayOf, EventDays } from './calendar.ts';
export { liveTarget, writeRows } from './rows.ts';
export { runProjector, startProjectors, type ProjectorDeps } from './projector.ts';
export { demandKept, demandReady, rebuildProjection, rollBack, swapIn, withRebuildLock } from './rebuild.ts';
export { createRebuildBatcher, type RebuildBatcher, type RebuildDeps } from './rebuild-batcher.ts';
export { openRebuildRuns, type RebuildRun, type RebuildState } from './rebuild-runs.ts';
export { copyTarget, deleteUnusedCounters, dropCopy, hasCopy, openCopy, type CopyName } from './shadow-table.ts';
export { findRebuilding, projectionStatus, type ProjectionStatus } from './status.ts';
export { isForeign, WRITER } from './written-by.ts';
