import { keepLog } from '../../audit/index.ts';
import { businessDayIn } from '../../platform/business-day.ts';
import { startProjectors } from '../../projections/engine/index.ts';
import { keepChecking } from '../../projections/self-check/index.ts';
import { projections } from '../../projections/registry.ts';
import { logKeeping } from '../compose/log.ts';
import { lowerPriority } from './lower-priority.ts';
import type { RoleProcess } from './role-process.ts';

/** Read models with their self-check, and the record of the log. */
export const runProjectorRole = ({ config, container, log, shutdown }: RoleProcess): Promise<void> => {
  lowerPriority();
  const dayOf = businessDayIn(config.businessTimeZone);
  const projecting = startProjectors({
    projections,
    ...container,
    during: container.keyUse.during,
    dayOf,
    log,
    signal: shutdown.signal,
  });
  shutdown.onShutdown(() => projecting);
  const checking = keepChecking({ projections, ...container, dayOf, log }, shutdown.signal);
  shutdown.onShutdown(() => checking);
  const keeping = keepLog({ ...container, ...logKeeping(config, container), log }, shutdown.signal);
  shutdown.onShutdown(() => keeping);
  return Promise.resolve();
};
