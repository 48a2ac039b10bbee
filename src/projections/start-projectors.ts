import { runProjector, type ProjectorDeps } from './projector.ts';
import { projections as registered } from './registry.ts';
import type { Projection } from './projection.ts';

export type StartProjectorsOptions = ProjectorDeps & {
  /** Stops all of them, each after the batch it is at. */
  readonly signal: AbortSignal;
  /** Default: every registered one. */
  readonly projections?: readonly Projection[];
};

/** Keeps every read model, each at its own pace. Settles when all have stopped. */
export const startProjectors = async ({
  signal,
  projections = registered,
  ...deps
}: StartProjectorsOptions): Promise<void> => {
  await Promise.all(projections.map((projection) => runProjector(projection, deps, signal)));
};
