import { runProjector, type ProjectorDeps } from './projector.ts';
import { projections as registered } from '../registry.ts';
import type { Projection } from './projection.ts';
import { createWriteRows } from './write-rows.ts';

export type StartProjectorsOptions = ProjectorDeps & {
  /** Stops all of them, each after the batch it is at. */
  readonly signal: AbortSignal;
  /** Default: every registered one. */
  readonly projections?: readonly Projection[];
};

/**
 * Keeps every read model, each at its own pace: those that stand at one place read and write together. Settles when all
 * have stopped.
 */
export const startProjectors = async ({
  signal,
  projections = registered,
  ...deps
}: StartProjectorsOptions): Promise<void> => {
  const feed = [...new Set(projections.flatMap(({ prefixes }) => prefixes))].toSorted();
  const together = { ...deps, feed, write: createWriteRows(deps.db) };
  await Promise.all(projections.map((projection) => runProjector(projection, together, signal)));
};
