import type { Knex } from 'knex';
import { isOutage } from '../../event-store/outage.ts';
import type { Position } from '../../event-store/port.ts';
import { sleep } from '../../platform/backoff.ts';
import { hashOfCode } from '../../platform/code-hash.ts';
import { joinSignals } from '../../platform/join-signals.ts';
import { createLease, LEASE_MS } from '../../platform/lease.ts';
import { isDatabaseOutage } from '../../platform/outage.ts';
import { openCheckpoint, readCheckpoints } from './checkpoints.ts';
import { NoSuchCopy, NothingWaits, RebuildCancelled, RebuildInProgress } from './failures.ts';
import type { Projection } from './projection.ts';
import { createRebuildBatcher, type Progress, type RebuildDeps } from './rebuild-batcher.ts';
import { openRebuildRuns, type RebuildRuns } from './rebuild-runs.ts';
import {
  buildIndexes,
  copyTarget,
  createShadow,
  dropCopy,
  dropShadow,
  hasCopy,
  openCopy,
  swapTables,
  type CopyName,
  type Shadow,
} from './shadow-table.ts';

export type Rebuilt = { readonly events: number; readonly position: Position };

export const REBUILD_LOCK = 'waybill projection rebuild';
const SWAP_ATTEMPTS = 60;
const SWAP_RETRY_MS = 500;

/**
 * Works while no other rebuild of this projection runs. The lock is held by an open transaction, so that a process that
 * dies releases it at once. The server ends it when it has said nothing for the time of the lease: the process is frozen,
 * or its machine has vanished. The work is then given up.
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

const livePosition = async ({ name }: Projection, db: Knex): Promise<Position> =>
  (await readCheckpoints(db, [name])).get(name)?.position ?? 0n;

/**
 * Readers and the live projector wait only while the tables are swapped; the swap does not wait for a long reader. A copy
 * is opened again for each try: what a lost connection wrote is then known.
 */
const swap = async (
  projection: Projection,
  deps: RebuildDeps,
  { copy, isDone }: { readonly copy: CopyName; readonly isDone: () => Promise<boolean> },
): Promise<Progress> => {
  const { db } = deps;
  for (let attempt = 1; ; attempt++) {
    // The answer to a commit may have been lost.
    if (attempt > 1 && (await isDone())) return { events: 0, position: await livePosition(projection, db) };
    const shadow = await openCopy(db, projection, copy);
    const batcher = createRebuildBatcher(projection, shadow, deps);
    const catchUp = async (until?: Position): Promise<Position> => {
      await batcher.fill(until);
      await batcher.flush();
      return batcher.position();
    };
    try {
      await catchUp();
      await swapTables(db, projection, { shadow, catchUp });
      return { events: batcher.events(), position: batcher.position() };
    } catch (error) {
      if (!isDatabaseOutage(error) || attempt === SWAP_ATTEMPTS) throw error;
      await sleep(SWAP_RETRY_MS, deps.signal);
    }
  }
};

const swapRebuild = (projection: Projection, deps: RebuildDeps): Promise<Progress> =>
  swap(projection, deps, {
    copy: 'rebuild',
    isDone: async () => (await openRebuildRuns(deps.db).find(projection.name))?.state === 'swapped',
  });

export type RebuildOptions = RebuildDeps & {
  /** Puts the rows in the live ones' place once they are built. Default true. */
  readonly swaps?: boolean;
};

/** The copy to fill: that of a process that died, when the same code began it; a new one otherwise. */
const beginOrResume = async (
  runs: RebuildRuns,
  projection: Projection,
  { db, swaps = true, signal }: RebuildOptions,
): Promise<{ readonly shadow: Shadow; readonly events: number }> => {
  const { name } = projection;
  const [code, found] = await Promise.all([hashOfCode(), runs.find(name)]);
  const isResumed = found?.state === 'building' && found.code === code && (await hasCopy(db, projection, 'rebuild'));
  signal?.throwIfAborted(); // without the lock, another rebuild may be filling the copy
  if (!isResumed) {
    await runs.begin({ projection: name, swaps, code });
    return { shadow: await createShadow(db, projection), events: 0 };
  }
  const shadow = await openCopy(db, projection, 'rebuild');
  await runs.resume({ projection: name, swaps, position: shadow.position });
  return { shadow, events: found.written_events };
};

const REPORT_MS = 1_000;

/** Records once a second how far a rebuild is. `onCancelled`: it is no longer wanted. */
const createReport = (runs: RebuildRuns, projection: string, onCancelled: () => void) => {
  let reportedAt = performance.now();
  let reporting: Promise<unknown> = Promise.resolve();
  const write = (progress: Progress): Promise<unknown> =>
    runs.report({ projection, ...progress }).then(
      (isWanted) => isWanted || onCancelled(),
      () => undefined, // the next report will do
    );
  return {
    report: (progress: Progress): void => {
      if (performance.now() - reportedAt < REPORT_MS) return;
      reportedAt = performance.now();
      reporting = reporting.then(() => write(progress));
    },
    last: (progress: Progress): Promise<unknown> => reporting.then(() => write(progress)),
  };
};

/** Fills a copy from the log, and swaps it in if that is wanted. */
const build = async (
  projection: Projection,
  { shadow, events: before }: { readonly shadow: Shadow; readonly events: number },
  { runs, ...deps }: RebuildOptions & { readonly runs: RebuildRuns },
): Promise<Rebuilt> => {
  const { db, swaps = true } = deps;
  const { name } = projection;
  const cancelling = new AbortController();
  const cancel = (): void => cancelling.abort(new RebuildCancelled(`the rebuild of ${name} was cancelled`));
  const { signal, letGo } = joinSignals(deps.signal ?? cancelling.signal, cancelling.signal);
  const { report, last } = createReport(runs, name, cancel);
  const onProgress = (progress: Progress): void => {
    const total = { ...progress, events: before + progress.events };
    report(total);
    deps.onProgress?.(total);
  };
  try {
    const alsoWrite: RebuildDeps['alsoWrite'] = (tx, { events }) => runs.wrote(tx, name, before + events);
    const batcher = createRebuildBatcher(projection, shadow, { ...deps, signal, onProgress, alsoWrite });
    await batcher.fill();
    await batcher.flush(); // before there are indexes to keep
    const built = { events: before + batcher.events(), position: batcher.position() };
    await last(built);
    signal.throwIfAborted();
    await buildIndexes(db, projection, 'rebuild');
    if (!swaps) {
      await runs.end(name, ['building'], { state: 'ready' });
      return built;
    }
    const { events, position } = await swapRebuild(projection, { ...deps, signal });
    return { events: built.events + events, position };
  } finally {
    letGo();
  }
};

/**
 * Whether a rebuild that ended with this error goes on later, by itself or by another process: nothing is wrong with its
 * rows.
 */
const isInterrupted = (error: unknown, signal: AbortSignal): boolean =>
  isOutage(error) || isDatabaseOutage(error) || error instanceof RebuildInProgress || signal.aborted;

/**
 * Folds the log from its first event into a copy of the table, then swaps the two. Meanwhile the read model answers and
 * is kept up to date. A crash at any point leaves it as it was, and the next rebuild goes on from where the copy is.
 * @throws RebuildInProgress when another process is rebuilding it
 * @throws RebuildCancelled when it was cancelled meanwhile
 * @throws CannotProject naming the event that cannot be handled
 */
export const rebuildProjection = async (projection: Projection, options: RebuildOptions): Promise<Rebuilt> => {
  const { db, leaseMs } = options;
  const { name } = projection;
  await openCheckpoint(db, { name, version: 0 });
  return withRebuildLock(db, { name, leaseMs }, async (lost) => {
    const runs = openRebuildRuns(db);
    const { signal, letGo } = joinSignals(options.signal ?? lost, lost);
    const begun = await beginOrResume(runs, projection, { ...options, signal }).catch((error: unknown) => {
      letGo();
      throw error;
    });
    try {
      return await build(projection, begun, { ...options, runs, signal });
    } catch (error) {
      if ((await runs.find(name).catch(() => undefined))?.state === 'cancelled') {
        await dropCopy(db, projection, 'rebuild').catch(() => undefined); // the clock tries again
        throw new RebuildCancelled(`the rebuild of ${name} was cancelled`, { cause: error });
      }
      if (isInterrupted(error, signal)) throw error;
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      await runs.end(name, ['building'], { state: 'failed', error: reason }).catch(() => undefined);
      await dropShadow(db, projection, begun.shadow).catch(() => undefined); // the next rebuild drops it as well
      throw error;
    } finally {
      letGo();
    }
  });
};

/** Puts a rebuild that is ready in the live tables' place. @throws NoSuchCopy when there is none that fits */
export const swapIn = (projection: Projection, deps: RebuildDeps): Promise<Progress> =>
  withRebuildLock(deps.db, { name: projection.name, leaseMs: deps.leaseMs }, async () => {
    await demandReady(projection, deps.db);
    return swapRebuild(projection, deps);
  });

/**
 * Swaps the kept rows with the live ones, once they have caught up. `keptAt`: only those that were kept then, so that one
 * request rolls back once. @throws NoSuchCopy when there are none that fit
 */
export const rollBack = (
  projection: Projection,
  { keptAt, ...deps }: RebuildDeps & { readonly keptAt?: string | undefined },
): Promise<Progress> =>
  withRebuildLock(deps.db, { name: projection.name, leaseMs: deps.leaseMs }, async () => {
    const { db } = deps;
    const found = await demandKept(projection, db);
    if (keptAt !== undefined && keptAt !== found)
      throw new NoSuchCopy(`what was kept of ${projection.name} at ${keptAt} is kept no longer`);
    await buildIndexes(db, projection, 'kept');
    return swap(projection, deps, {
      copy: 'kept',
      isDone: async () => (await readKeptAt(projection, db)) !== found,
    });
  });

const readKeptAt = async ({ name }: Projection, db: Knex): Promise<string | undefined> => {
  const row = await db<{ projection: string; kept_at: Date }>('projection_kept').where({ projection: name }).first();
  return row?.kept_at.toISOString();
};

/** @throws NoSuchCopy when no rebuild waits to be swapped in, or other code has built it */
export const demandReady = async (projection: Projection, db: Knex): Promise<void> => {
  const { name } = projection;
  const [code, run] = await Promise.all([hashOfCode(), openRebuildRuns(db).find(name)]);
  if (run?.state !== 'ready' || !(await hasCopy(db, projection, 'rebuild'))) throw new NothingWaits(name);
  if (run.code !== code) throw new NoSuchCopy(`the rebuild of ${name} is by another release: rebuild it again`);
};

/**
 * Answers when it was kept.
 * @throws NoSuchCopy when nothing is kept, or a release with another version of the projection has written it
 */
export const demandKept = async (projection: Projection, db: Knex): Promise<string> => {
  const { name, version } = projection;
  const { checkpoint } = copyTarget(projection, 'kept');
  const kept = (await readCheckpoints(db, [checkpoint])).get(checkpoint);
  const keptAt = await readKeptAt(projection, db);
  if (kept === undefined || keptAt === undefined || !(await hasCopy(db, projection, 'kept')))
    throw new NoSuchCopy(`nothing is kept of ${name}: what a rebuild replaces is kept for 24 hours`);
  if (kept.version !== version)
    throw new NoSuchCopy(
      `what is kept of ${name} is of version ${kept.version}, and this release writes version ${version}: roll back with the release that wrote it`,
    );
  return keptAt;
};
