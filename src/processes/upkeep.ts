import { Type } from '@sinclair/typebox';
import { defineTask } from '../jobs/task.ts';
import { rebuildProjection, type RebuildDeps } from '../projections/engine/index.ts';
import { findProjection } from '../projections/registry.ts';

const nothing = Type.Object({});

/**
 * Rebuilds a read model from the first event. Dying anywhere leaves it as it was; while another process is at it the
 * job is given back, because that one may have begun before what this one is for.
 */
export const rebuildProjectionTask = defineTask({
  name: 'rebuild-projection',
  payload: Type.Object({ name: Type.String() }),
  about: ({ name }) => name,
  run: async ({ name }, deps: RebuildDeps) => {
    const projection = findProjection(name);
    if (projection === undefined) throw new Error(`no projection is called ${name}`);
    await rebuildProjection(projection, deps);
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
export const upkeep = [rebuildProjectionTask, tidySearchWords, deleteExpiredKeys, deleteOldPositions] as const;
