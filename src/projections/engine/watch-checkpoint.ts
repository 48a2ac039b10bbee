import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';
import { sleep } from '../../platform/backoff.ts';
import { readCheckpoints, type Checkpoint } from './checkpoints.ts';

const LOOK_MS = 1_000;

/**
 * Looks after a checkpoint until aborted, and tells once when it stands behind where it was left. Writes of read models do
 * not wait for the disk, so a crash of PostgreSQL takes the last of them back; so does a restored backup. Who waits for
 * the next event would learn of it only then.
 */
export const watchCheckpoint = async (
  db: Knex,
  { name, epoch }: Pick<Checkpoint, 'name' | 'epoch'>,
  { leftAt, onBehind, signal }: { leftAt: () => Position; onBehind: () => void; signal: AbortSignal },
): Promise<void> => {
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    await sleep(LOOK_MS, signal);
    if (isOver()) return;
    const left = leftAt();
    const found = await readCheckpoints(db, [name]).catch(() => 'away' as const);
    if (found === 'away') continue;
    const now = found.get(name);
    if (now?.epoch === epoch && now.position >= left) continue;
    onBehind();
    return;
  }
};
