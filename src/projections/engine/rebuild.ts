import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore, Position } from '../../event-store/port.ts';
import { createRebuildBatcher, RebuildInProgress } from './rebuild-batcher.ts';
import { openCheckpoint } from './checkpoints.ts';
import type { Projection } from './projection.ts';
import { buildIndexes, createShadow, dropShadow, swapTables, type Filled } from './shadow-table.ts';
import { isDatabaseOutage } from '../../platform/outage.ts';
import { sleep } from '../../platform/backoff.ts';

export type RebuildDeps = {
  /** Needs at least four connections: the lock, the swap, and what the store and the codec take meanwhile. */
  readonly db: Knex;
  readonly store: EventStore;
  readonly codec: Pick<Codec, 'decode'>;
  /** Gives up, leaving the read model as it was. */
  readonly signal?: AbortSignal;
  /** Rows kept in memory at most. Default 50 000. */
  readonly cachedRows?: number;
  /** Events read at a time. Default 1000. */
  readonly pageSize?: number;
};

export type Rebuilt = { readonly events: number; readonly position: Position };

export const REBUILD_LOCK = 'waybill projection rebuild';
const SWAP_ATTEMPTS = 10;

/** Held by a transaction that stays open and idle: a process that dies gives it up at once. */
const withRebuildLock = <T>(db: Knex, name: string, work: () => Promise<T>): Promise<T> =>
  db.transaction(async (lock) => {
    await lock.raw('set local idle_in_transaction_session_timeout = 0');
    const { rows } = await lock.raw<{ rows: readonly { taken: boolean }[] }>(
      'select pg_try_advisory_xact_lock(hashtext(?), hashtext(?)) as taken',
      [REBUILD_LOCK, name],
    );
    if (rows[0]?.taken !== true) throw new RebuildInProgress(`${name} is being rebuilt already`);
    return work();
  });

/** Readers and the live projector are held up for the moment of the swap only; a long reader is not waited for. */
const swap = async (db: Knex, projection: Projection, filled: Filled): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    await filled.filler.fill();
    await filled.filler.flush();
    try {
      await swapTables(db, projection, filled);
      return;
    } catch (error) {
      if (!isDatabaseOutage(error) || attempt === SWAP_ATTEMPTS) throw error;
      await sleep(1_000);
    }
  }
};

/**
 * Folds the log from its first event into a shadow of the table, then swaps the two. The read model answers and follows
 * meanwhile; dying anywhere leaves it as it was, and the next rebuild begins anew.
 * @throws RebuildUnderWay when another process is at it
 * @throws CannotProject naming the event that cannot be handled
 */
export const rebuildProjection = async (projection: Projection, deps: RebuildDeps): Promise<Rebuilt> => {
  const { db } = deps;
  await openCheckpoint(db, { name: projection.name, version: 0 });
  return withRebuildLock(db, projection.name, async () => {
    const shadow = await createShadow(db, projection);
    try {
      const filler = createRebuildBatcher(projection, shadow, deps);
      await filler.fill();
      await filler.flush(); // before there are indexes to keep
      await buildIndexes(db, projection);
      await swap(db, projection, { shadow, filler });
      return { events: filler.events(), position: filler.position() };
    } catch (error) {
      await dropShadow(db, shadow).catch(() => undefined); // the next rebuild drops it as well
      throw error;
    }
  });
};
