import { Type } from '@sinclair/typebox';
import { type RebuildDeps, rebuildProjection } from '../../projections/engine/index.ts';
import { findProjection } from '../../projections/registry.ts';
import { task, type Task } from '../../jobs/task.ts';

/**
 * Rebuilds a read model from the first event. Dying anywhere leaves it as it was; while another process is at it the job
 * is given back, because that one may have begun before what this one is for.
 */
export const rebuildProjectionTask = (deps: RebuildDeps): Task =>
  task('rebuild-projection', Type.Object({ name: Type.String() }), async ({ name }) => {
    const projection = findProjection(name);
    if (projection === undefined) throw new Error(`no projection is called ${name}`);
    await rebuildProjection(projection, deps);
  });
