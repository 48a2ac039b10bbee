import { startProjectors } from '../../projections/engine/index.ts';
import { projections } from '../../projections/registry.ts';
import { lowerPriority } from './lower-priority.ts';
import type { RoleProcess } from './role-process.ts';

/** Read models. */
export const runProjectorRole = ({ container, log, shutdown }: RoleProcess): Promise<void> => {
  lowerPriority();
  const projecting = startProjectors({ projections, ...container, log, signal: shutdown.signal });
  shutdown.onShutdown(() => projecting);
  return Promise.resolve();
};
