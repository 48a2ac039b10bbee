import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';
import { sleep } from '../../platform/backoff.ts';
import { isDatabaseOutage } from '../../platform/outage.ts';
import { openCheckpoint } from './checkpoints.ts';
import { RebuildInProgress } from './failures.ts';
import type { Projection } from './projection.ts';
import { createRebuildBatcher, type RebuildBatcher, type RebuildDeps } from './rebuild-batcher.ts';
import { buildIndexes, createShadow, dropShadow, swapTables, type Shadow } from './shadow-table.ts';

export type Rebuilt = { readonly events: number; readonly position: Position };

export const REBUILD_LOCK = 'waybill projection rebuild';
const SWAP_ATTEMPTS = 10;

/**
 * Works while no rebuild of this projection runs. The lock is held by an open, idle transaction: a process that dies releases
 * it at once.
 */
export const withRebuildLock = <T>(db: Knex, name: string, work: () => Promise<T>): Promise<T> =>
  db.transaction(async (lock) => {
    await lock.raw('set local idle_in_transaction_session_timeout = 0');
    const { rows } = await lock.raw<{ rows: readonly { taken: boolean }[] }>(
      'select pg_try_advisory_xact_lock(hashtext(?), hashtext(?)) as taken',
      [REBUILD_LOCK, name],
    );
    if (rows[0]?.taken !== true) throw new RebuildInProgress(`${name} is being rebuilt already`);
    return work();
  });

type Filled = { readonly shadow: Shadow; readonly batcher: RebuildBatcher };

/** Readers and the live projector wait only while the tables are swapped; the swap does not wait for a long reader. */
const swap = async (db: Knex, projection: Projection, { shadow, batcher }: Filled): Promise<void> => {
  const catchUp = async (until?: Position): Promise<Position> => {
    await batcher.fill(until);
    await batcher.flush();
    return batcher.position();
  };
  for (let attempt = 1; ; attempt++) {
    await catchUp();
    try {
      await swapTables(db, projection, { shadow, catchUp });
      return;
    } catch (error) {
      if (!isDatabaseOutage(error) || attempt === SWAP_ATTEMPTS) throw error;
      await sleep(1_000);
    }
  }
};

/**
 * Folds the log from its first event into a shadow of the table, then swaps the two. Meanwhile the read model answers and
 * is kept up to date. A crash at any point leaves it as it was, and the next rebuild starts from the beginning.
 * @throws RebuildInProgress when another process is rebuilding it
 * @throws CannotProject naming the event that cannot be handled
 */
export const rebuildProjection = async (projection: Projection, deps: RebuildDeps): Promise<Rebuilt> => {
  const { db } = deps;
  await openCheckpoint(db, { name: projection.name, version: 0 });
  return withRebuildLock(db, projection.name, async () => {
    const shadow = await createShadow(db, projection);
    try {
      const batcher = createRebuildBatcher(projection, shadow, deps);
      await batcher.fill();
      await batcher.flush(); // before there are indexes to keep
      await buildIndexes(db, projection);
      await swap(db, projection, { shadow, batcher });
      return { events: batcher.events(), position: batcher.position() };
    } catch (error) {
      await dropShadow(db, shadow).catch(() => undefined); // the next rebuild drops it as well
      throw error;
    }
  });
};
