import { Type } from '@sinclair/typebox';
import { enqueueJobs } from '../jobs/queue.ts';
import { defineTask } from '../jobs/task.ts';
import {
  NoSuchCopy,
  RebuildCancelled,
  rebuildProjection,
  rollBack,
  swapIn,
  type Projection,
  type RebuildDeps,
} from '../projections/engine/index.ts';
import { dropOldCopies, findInterrupted } from '../projections/maintenance/index.ts';
import { findProjection, projections } from '../projections/registry.ts';

const nothing = Type.Object({});

const projectionCalled = (name: string): Projection => {
  const projection = findProjection(name);
  if (projection === undefined) throw new Error(`no projection is called ${name}`);
  return projection;
};

/**
 * Rebuilds a read model from the first event. Dying anywhere leaves it as it was; while another process is at it the
 * job is given back, because that one may have begun before what this one is for. One that was cancelled is done.
 */
export const rebuildProjectionTask = defineTask({
  name: 'rebuild-projection',
  payload: Type.Object({ name: Type.String(), swap: Type.Optional(Type.Boolean()) }),
  about: ({ name }) => name,
  run: async ({ name, swap = true }, deps: RebuildDeps) => {
    try {
      await rebuildProjection(projectionCalled(name), { ...deps, swaps: swap });
    } catch (error) {
      if (!(error instanceof RebuildCancelled)) throw error;
    }
  },
});

/** Swaps in what was built, or what was kept then. Where that is gone by now, it was done or is not wanted any more. */
export const swapProjectionTask = defineTask({
  name: 'swap-projection',
  payload: Type.Object({ name: Type.String(), kept_at: Type.Optional(Type.String()) }),
  about: ({ name }) => name,
  run: async ({ name, kept_at }, deps: RebuildDeps) => {
    const projection = projectionCalled(name);
    try {
      await (kept_at === undefined ? swapIn(projection, deps) : rollBack(projection, { ...deps, keptAt: kept_at }));
    } catch (error) {
      if (!(error instanceof NoSuchCopy)) throw error;
    }
  },
});

/** Goes on with rebuilds whose process has died, and drops copies of read models that are kept no longer. */
export const tendProjections = defineTask({
  name: 'tend-projections',
  payload: nothing,
  run: async (_, { db }: Pick<RebuildDeps, 'db'>) => {
    await dropOldCopies({ db, projections });
    const interrupted = await findInterrupted({ db, projections });
    await enqueueJobs(db, interrupted.map(rebuildProjectionTask.job));
  },
});

/** Forgets words that no order has any more. */
const tidySearchWords = defineTask({
  name: 'tidy-search-words',
  payload: nothing,
  run: (_, { tidyWords }: { readonly tidyWords: () => Promise<void> }) => tidyWords(),
});

/** Forgets answers to idempotency keys that are past their hours. */
export const deleteExpiredKeys = defineTask({
  name: 'delete-expired-keys',
  payload: nothing,
  run: (_, { deleteKeys }: { readonly deleteKeys: () => Promise<number> }) => deleteKeys(),
});

/** Positions are of use for the delivery only; where a courier was is of no concern afterwards. */
const POSITIONS_KEPT_HOURS = 24;

export const deleteOldPositions = defineTask({
  name: 'delete-old-positions',
  payload: nothing,
  run: (_, { deletePositions }: { readonly deletePositions: (olderThanHours: number) => Promise<void> }) =>
    deletePositions(POSITIONS_KEPT_HOURS),
});

/** Tasks that keep the database small and the read models correct. */
export const upkeep = [
  rebuildProjectionTask,
  swapProjectionTask,
  tendProjections,
  tidySearchWords,
  deleteExpiredKeys,
  deleteOldPositions,
] as const;
