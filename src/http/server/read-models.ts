import type { Knex } from 'knex';
import { createWaitForPosition } from '../../projections/engine/index.ts';
import type { WaitForReadModels } from './deps.ts';

/** Waits by looking at the checkpoints that the projectors move with their rows; all requests look together. */
export const createWaitForReadModels = (db: Knex): WaitForReadModels => {
  const waitForPosition = createWaitForPosition(db);
  return async (names, position, timeoutMs) => {
    const reached = await Promise.all(names.map((name) => waitForPosition(name, position, timeoutMs)));
    return reached.every(Boolean);
  };
};
