import { Type } from '@sinclair/typebox';
import { task, type Task } from '../../jobs/task.ts';

/** Positions are of use for the delivery only; where somebody was is nobody's business afterwards. */
const KEPT_HOURS = 24;

export const deleteOldPositions = (deleteOlderThan: (hours: number) => Promise<void>): Task =>
  task('delete-old-positions', Type.Object({}), () => deleteOlderThan(KEPT_HOURS));
