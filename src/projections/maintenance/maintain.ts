import type { Knex } from 'knex';
import { readDrift, type Drift } from '../self-check/index.ts';
import {
  copyTarget,
  deleteUnusedCounters,
  dropCopy,
  findRebuilding,
  hasCopy,
  NoSuchCopy,
  openRebuildRuns,
  projectionStatus,
  readCheckpoints,
  RebuildInProgress,
  withRebuildLock,
  type CopyName,
  type Projection,
  type ProjectionStatus,
  type RebuildDeps,
  type RebuildRun,
  type RebuildState,
} from '../engine/index.ts';

/** What a rebuild replaced is kept for so long. */
export const KEPT_HOURS = 24;

export type RebuildView = {
  readonly state: RebuildState;
  readonly swaps: boolean;
  /** Decimal strings. */
  readonly position: string;
  readonly head: string;
  readonly events: number;
  readonly events_per_second: number;
  /** Null when it is not building, or has only begun. */
  readonly eta_seconds: number | null;
  readonly error: string | null;
  readonly begun_at: string;
  readonly updated_at: string;
};

export type KeptView = {
  readonly version: number;
  readonly position: string;
  readonly kept_at: string;
  /** When it is dropped. */
  readonly kept_until: string;
};

export type ProjectionDetail = ProjectionStatus & {
  /** The latest one. */
  readonly rebuild: RebuildView | null;
  /** What the latest rebuild or rollback replaced. */
  readonly kept: KeptView | null;
  /** What the self-check found to differ from the log: how much, and the first of it. */
  readonly drift: { readonly count: number; readonly first: readonly Drift[] };
};

type MaintenanceDeps = Pick<RebuildDeps, 'db' | 'store'> & { readonly projections: readonly Projection[] };

const toView = (run: RebuildRun, head: string): RebuildView => {
  const { state, swaps, position, events, error, begun_at, updated_at, positions_per_second } = run;
  const isTimed = state === 'building' && positions_per_second > 0;
  return {
    ...{ state, swaps, position: String(position), head, events },
    events_per_second: run.events_per_second,
    eta_seconds: isTimed ? Math.max(0, Math.ceil((Number(head) - Number(position)) / positions_per_second)) : null,
    ...{ error, begun_at, updated_at },
  };
};

type KeptRow = { readonly projection: string; readonly kept_at: Date };

const readKept = async ({ db, projections }: MaintenanceDeps): Promise<ReadonlyMap<string, KeptView>> => {
  const rows = await db<KeptRow>('projection_kept');
  const targets = new Map(projections.map((one) => [one.name, copyTarget(one, 'kept').checkpoint]));
  const checkpoints = await readCheckpoints(db, [...targets.values()]);
  return new Map(
    rows.flatMap(({ projection, kept_at }) => {
      const checkpoint = checkpoints.get(targets.get(projection) ?? '');
      if (checkpoint === undefined) return [];
      const { version, position } = checkpoint;
      const until = new Date(kept_at.getTime() + KEPT_HOURS * 3_600_000).toISOString();
      const view = { version, position: String(position), kept_at: kept_at.toISOString(), kept_until: until };
      return [[projection, view] as const];
    }),
  );
};

const SHOWN = 20;

const shortened = (drift: readonly Drift[]): ProjectionDetail['drift'] => ({
  count: drift.length,
  first: drift.slice(0, SHOWN),
});

/** How far these read models, their rebuilds and what is kept of them are. */
export const projectionDetails = async (deps: MaintenanceDeps): Promise<readonly ProjectionDetail[]> => {
  const { db, projections } = deps;
  const [statuses, runs, kept, drift] = await Promise.all([
    projectionStatus(deps),
    openRebuildRuns(db).list(),
    readKept(deps),
    Promise.all(projections.map(async ({ name }) => [name, await readDrift(db, name)] as const)),
  ]);
  const drifts = new Map(drift);
  return statuses.map((status) => {
    const run = runs.find(({ projection }) => projection === status.name);
    return {
      ...status,
      rebuild: run === undefined ? null : toView(run, status.head),
      kept: kept.get(status.name) ?? null,
      drift: shortened(drifts.get(status.name) ?? []),
    };
  });
};

/**
 * Drops what a rebuild has built and not swapped in. A process that is at it stops.
 * @throws NoSuchCopy when there is nothing to cancel
 */
export const cancelRebuild = async (projection: Projection, { db }: Pick<RebuildDeps, 'db'>): Promise<void> => {
  const { name } = projection;
  const wasCancelled = await openRebuildRuns(db).end(name, ['building', 'ready'], { state: 'cancelled' });
  if (!wasCancelled) throw new NoSuchCopy(`no rebuild of ${name} is in progress or waits to be swapped in`);
  // One that is being written to or indexed is dropped by the process that is at it, or later by the clock.
  await dropCopy(db, projection, 'rebuild').catch(() => undefined);
};

/** Rebuilds whose process has died, and which no newer release has begun. */
export const findInterrupted = async ({
  db,
  projections,
}: Pick<MaintenanceDeps, 'db' | 'projections'>): Promise<readonly { name: string; swap: boolean }[]> => {
  const runs = (await openRebuildRuns(db).list()).filter(({ state }) => state === 'building');
  if (runs.length === 0) return [];
  const targets = new Map(projections.map((one) => [one.name, copyTarget(one, 'rebuild').checkpoint]));
  const [held, checkpoints] = await Promise.all([
    findRebuilding(
      db,
      runs.map(({ projection }) => projection),
    ),
    readCheckpoints(db, [...targets.values()]),
  ]);
  return runs.flatMap(({ projection: name, swaps }) => {
    const own = projections.find((one) => one.name === name);
    const begunBy = checkpoints.get(targets.get(name) ?? '')?.version ?? 0;
    return own === undefined || held.has(name) || begunBy > own.version ? [] : [{ name, swap: swaps }];
  });
};

const isOld = async (db: Knex, projection: string, copy: CopyName): Promise<boolean> => {
  if (copy === 'kept') {
    const old = db<KeptRow>('projection_kept').where({ projection });
    return (await old.whereRaw('kept_at < now() - make_interval(hours => ?)', [KEPT_HOURS]).first()) !== undefined;
  }
  const run = await openRebuildRuns(db).find(projection);
  return run !== undefined && run.state !== 'building' && run.state !== 'ready';
};

/** Drops what was kept for its time, and what rebuilds that failed or were cancelled have left. */
export const dropOldCopies = async ({
  db,
  projections,
}: Pick<MaintenanceDeps, 'db' | 'projections'>): Promise<void> => {
  for (const projection of projections)
    for (const copy of ['kept', 'rebuild'] as const) {
      if (!(await hasCopy(db, projection, copy)) || !(await isOld(db, projection.name, copy))) continue;
      await withRebuildLock(db, { name: projection.name }, async () => {
        if (await isOld(db, projection.name, copy)) await dropCopy(db, projection, copy);
      }).catch((error: unknown) => {
        if (!(error instanceof RebuildInProgress)) throw error; // it is in use: next time
      });
    }
  await deleteUnusedCounters(db);
};
