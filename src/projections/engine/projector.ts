import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore, StoredEvent } from '../../event-store/port.ts';
import { createBackoff, sleep } from '../../platform/backoff.ts';
import { joinSignals } from '../../platform/join-signals.ts';
import { applyBatch } from './apply-batch.ts';
import { failureOf, isOutage } from './cannot-project.ts';
import { openCheckpoint, readCheckpoints, recordFailure, type Checkpoint } from './checkpoints.ts';
import type { Projection } from './projection.ts';
import { RebuildInProgress } from './rebuild-batcher.ts';
import { rebuildProjection } from './rebuild.ts';
import { watchCheckpoint } from './watch-checkpoint.ts';
import type { WriteRows } from './write-rows.ts';

type LogLine = (facts: object, message: string) => void;

export type ProjectorDeps = {
  /** A pool of its own: a projector must not wait for requests, nor they for it. */
  readonly db: Knex;
  readonly store: EventStore;
  readonly codec: Pick<Codec, 'decode'>;
  /** Prefixes that all projections of this process read, so that they read together. Default: a projection's own. */
  readonly feed?: readonly string[];
  /** Default: each projection writes by itself. */
  readonly write?: WriteRows;
  readonly log: { readonly info: LogLine; readonly warn: LogLine; readonly error: LogLine };
};

const BATCH_SIZE = 500;
/** A process that found another one ahead looks again after this long: so soon is a dead one replaced. */
const STANDBY_MS = 200;
const LOOK_AGAIN_MS = 1_000;

/** Handles batches until aborted, or until the checkpoint was moved by somebody else, or back by a crash. */
const follow = async (
  projection: Projection,
  { db, store, codec, feed, write }: ProjectorDeps,
  { checkpoint, signal, onHandled }: { checkpoint: Checkpoint; signal: AbortSignal; onHandled: () => void },
): Promise<void> => {
  const target = { table: projection.table, checkpoint: projection.name };
  const { epoch } = checkpoint;
  let from = checkpoint.position;
  const isOwn = ({ stream }: StoredEvent): boolean => projection.prefixes.some((prefix) => stream.startsWith(prefix));
  const prefixes = feed ?? projection.prefixes;
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  const either = joinSignals(signal, leaving.signal);
  const subscription = { after: from, prefixes, signal: either.signal, batchSize: BATCH_SIZE };
  void watchCheckpoint(db, checkpoint, { leftAt: () => from, onBehind: leave, signal: either.signal });
  try {
    for await (const batch of store.subscribe(subscription)) {
      if (batch.position === from) continue;
      const own = { ...batch, events: batch.events.filter(isOwn) };
      if (!(await applyBatch({ db, codec, projection, target, write }, own, { epoch, from }))) return;
      from = batch.position;
      onHandled();
    }
  } finally {
    leave();
    either.letGo();
  }
};

/** Until the rows were rebuilt, or another process, perhaps of a newer release, has got further. */
const waitForMove = async (db: Knex, { name, epoch, version, position }: Checkpoint, signal: AbortSignal) => {
  while (!signal.aborted) {
    await sleep(LOOK_AGAIN_MS, signal);
    const now = await readCheckpoints(db, [name]).catch(() => undefined);
    const found = now?.get(name);
    if (found !== undefined && (found.epoch !== epoch || found.position !== position || found.version !== version))
      return;
  }
};

/** Rows of an older version of the projection are rebuilt, by whichever process gets to it first. */
const bringUpToVersion = async (projection: Projection, deps: ProjectorDeps, signal: AbortSignal): Promise<void> => {
  const { name, version } = projection;
  try {
    const { events } = await rebuildProjection(projection, { ...deps, signal });
    deps.log.info({ projection: name, version, events }, 'read model rebuilt for its new version');
  } catch (error) {
    if (!(error instanceof RebuildInProgress)) throw error;
    await sleep(LOOK_AGAIN_MS, signal);
  }
};

/**
 * Keeps one read model until aborted. Any number of processes may run the same: the checkpoint lets one through.
 * Outages are retried; a bug stops this projection, visibly, until it is rebuilt or the process restarted.
 */
export const runProjector = async (projection: Projection, deps: ProjectorDeps, signal: AbortSignal): Promise<void> => {
  const { db, log } = deps;
  const { name, version } = projection;
  const backoff = createBackoff({ minMs: 100, maxMs: 3_000 });

  const run = async (checkpoint: Checkpoint): Promise<void> => {
    if (checkpoint.version < version) return bringUpToVersion(projection, deps, signal);
    if (checkpoint.version > version) {
      log.warn({ projection: name, version, found: checkpoint.version }, 'a newer release keeps this read model');
      return waitForMove(db, checkpoint, signal);
    }
    await follow(projection, deps, { checkpoint, signal, onHandled: backoff.reset });
    await sleep(STANDBY_MS, signal);
  };

  const stop = async (error: unknown): Promise<void> => {
    log.error({ projection: name, err: error }, 'the projection stopped: this event is a bug to it');
    const checkpoint = await openCheckpoint(db, projection);
    await recordFailure(db, checkpoint, failureOf(error));
    await waitForMove(db, checkpoint, signal);
  };

  const attempt = async (): Promise<void> => {
    try {
      await run(await openCheckpoint(db, projection));
    } catch (error) {
      if (isOutage(error)) throw error;
      if (!signal.aborted) await stop(error);
    }
  };

  while (!signal.aborted) {
    await attempt().catch(async (error: unknown) => {
      if (signal.aborted) return;
      log.warn({ projection: name, err: error }, 'the projection waits: the event store or the database is away');
      await sleep(backoff.nextDelayMs(), signal);
    });
  }
};
