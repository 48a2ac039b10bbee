import type { Knex } from 'knex';
import type { Position } from '../../event-store/port.ts';
import { sleep } from '../../platform/backoff.ts';
import { joinSignals } from '../../platform/join-signals.ts';
import { createLease, LEASE_MS } from '../../platform/lease.ts';
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
 * Works while no other rebuild of this projection runs. The lock is held by an open transaction, so that a process that dies releases it at once. The server ends it when it has
 * said nothing for the time of the lease: the process is frozen, or its machine has vanished. The work is then given up.
 */
export const withRebuildLock = <T>(
  db: Knex,
  { name, leaseMs = LEASE_MS }: { readonly name: string; readonly leaseMs?: number | undefined },
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> =>
  db.transaction(async (lock) => {
    await lock.raw(`set local idle_in_transaction_session_timeout = ${leaseMs}`);
    const { rows } = await lock.raw<{ rows: readonly { taken: boolean }[] }>(
      'select pg_try_advisory_xact_lock(hashtext(?), hashtext(?)) as taken',
      [REBUILD_LOCK, name],
    );
    if (rows[0]?.taken !== true) throw new RebuildInProgress(`${name} is being rebuilt already`);
    const losing = new AbortController();
    const lose = (): void => losing.abort(new RebuildInProgress(`the lock on the rebuild of ${name} was lost`));
    const release = createLease(leaseMs).hold(() => lock.raw('select 1'), lose);
    try {
      return await work(losing.signal);
    } finally {
      release();
    }
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
  const { db, leaseMs } = deps;
  await openCheckpoint(db, { name: projection.name, version: 0 });
  return withRebuildLock(db, { name: projection.name, leaseMs }, async (lost) => {
    const shadow = await createShadow(db, projection);
    const { signal, letGo } = joinSignals(deps.signal ?? lost, lost);
    try {
      const batcher = createRebuildBatcher(projection, shadow, { ...deps, signal });
      await batcher.fill();
      await batcher.flush(); // before there are indexes to keep
      await buildIndexes(db, projection);
      await swap(db, projection, { shadow, batcher });
      return { events: batcher.events(), position: batcher.position() };
    } catch (error) {
      await dropShadow(db, shadow).catch(() => undefined); // the next rebuild drops it as well
      throw error;
    } finally {
      letGo();
    }
  });
};
