import { startProjectors } from '../../projections/engine/start-projectors.ts';
import { lowerPriority } from './lower-priority.ts';
import type { RoleProcess } from './role-process.ts';

/** Read models. */
export const runProjectorRole = ({ container, log, shutdown }: RoleProcess): Promise<void> => {
  lowerPriority();
  const projecting = startProjectors({
    ...container,
    log,
    signal: shutdown.signal,
  });
  shutdown.onShutdown(() => projecting);
  return Promise.resolve();
};
