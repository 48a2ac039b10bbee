import type { Knex } from 'knex';
import { setTimeout as pause } from 'node:timers/promises';
import { readCheckpoints } from '../projections/checkpoints.ts';
import type { WaitForReadModels } from './deps.ts';

const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 100;

/** Waits by looking at the checkpoints that the projectors move with their rows. */
export const createWaitForReadModels =
  (db: Knex): WaitForReadModels =>
  async (names, position, timeoutMs) => {
    const deadline = Date.now() + timeoutMs;
    for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      const checkpoints = await readCheckpoints(db, names);
      if (names.every((name) => (checkpoints.get(name)?.position ?? 0n) >= position)) return true;
      const left = deadline - Date.now();
      if (left <= 0) return false;
      await pause(Math.min(wait, left));
    }
  };
