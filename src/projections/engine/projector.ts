import type { Knex } from 'knex';
import { isOutage } from '../../event-store/outage.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore, Position, StoredEvent } from '../../event-store/port.ts';
import { shareSubscription } from '../../event-store/shared-subscription.ts';
import { createBackoff, sleep } from '../../platform/backoff.ts';
import type { InFlight } from '../../platform/in-flight.ts';
import { joinSignals } from '../../platform/join-signals.ts';
import { createMeeting } from '../../platform/meeting.ts';
import type { DayOf } from './calendar.ts';
import { openCheckpoint, readCheckpoints, recordFailure, watchCheckpoint, type Checkpoint } from './checkpoints.ts';
import { openKnown } from './known.ts';
import { failureOf, RebuildInProgress } from './failures.ts';
import { openPipeline, type PipelineOptions } from './pipeline.ts';
import type { Projection } from './projection.ts';
import { rebuildProjection } from './rebuild.ts';
import { createWriteRows, liveTarget, writeRows, type WriteRows } from './rows.ts';

type LogLine = (facts: object, message: string) => void;

export type ProjectorDeps = {
  /** A pool of its own: a projector must not wait for requests, nor they for it. */
  readonly db: Knex;
  readonly store: EventStore;
  readonly codec: Pick<Codec, 'decode' | 'blindIndex'>;
  /** Read by all projections in this process, so that they read the log once. Default: each reads its own streams. */
  readonly subscribe?: ReturnType<typeof shareSubscription>;
  /** Makes projections that handle the same batch write together. Default: each writes by itself. */
  readonly meeting?: ReturnType<typeof createMeeting>;
  /** Default: each projection writes by itself. */
  readonly write?: WriteRows;
  /** The shop's days. Default: of UTC. */
  readonly dayOf?: DayOf;
  /** Does what works with opened personal data, so that an erasure can wait for its end. Default: nothing waits for it. */
  readonly during?: InFlight['during'];
  readonly log: { readonly info: LogLine; readonly warn: LogLine; readonly error: LogLine };
};

const BATCH_SIZE = 500;
/** A process that found another one ahead looks again after this time: a process that died is replaced this soon. */
const STANDBY_MS = 200;
const RETRY_MS = 1_000;
/** A projection waits at most this long for the others that handle the same batch, so that all write in one statement. */
const MEETING_MS = 20;

/** Handles batches until aborted, or until another process has moved the checkpoint, or a crash has moved it back. */
const follow = async (
  projection: Projection,
  { db, store, codec, subscribe, meeting, write = (wanted) => writeRows(db, wanted), dayOf, during }: ProjectorDeps,
  { checkpoint, signal, onHandled }: { checkpoint: Checkpoint; signal: AbortSignal; onHandled: () => void },
): Promise<void> => {
  const { epoch, position } = checkpoint;
  const { prefixes } = projection;
  let [taken, written] = [position, position];
  const isOwn = ({ stream }: StoredEvent): boolean => prefixes.some((prefix) => stream.startsWith(prefix));
  const writer = {
    ...{ db, codec, projection, dayOf },
    target: liveTarget(projection),
    reached: {},
    known: await openKnown(db, projection),
  };
  /** Enters a meeting for the time of its turn only: none of the others waits for what is made ready ahead. */
  const inTurn: PipelineOptions['inTurn'] = async (work) => {
    const participant = meeting?.enter();
    try {
      return await work(async (wanted) => {
        await participant?.meet();
        return write(wanted);
      });
    } finally {
      participant?.leave();
    }
  };
  const onWritten = (to: Position): void => {
    written = to;
    onHandled();
  };
  const pipeline = openPipeline(writer, { epoch, from: position, during, inTurn, onWritten });
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  const either = joinSignals(signal, stopping.signal);
  const subscription = { after: position, signal: either.signal };
  const batches = subscribe?.(subscription) ?? store.subscribe({ ...subscription, prefixes, batchSize: BATCH_SIZE });
  void watchCheckpoint(db, checkpoint, { leftAt: () => written, onBehind: stop, signal: either.signal });
  try {
    for await (const batch of batches) {
      if (batch.position === taken) continue;
      taken = batch.position;
      if (!(await pipeline.handle({ ...batch, events: batch.events.filter(isOwn) }))) return;
      // With nothing more to read, what was read is written before the subscription rests.
      if (batch.caughtUp && !(await pipeline.settled())) return;
    }
  } finally {
    stop();
    either.letGo();
    await pipeline.settled().catch(() => undefined); // what went wrong is thrown already, or happens again
  }
};

/** Waits until the rows were rebuilt, or another process, perhaps of a newer release, has moved the checkpoint. */
const waitForMove = async (db: Knex, { name, epoch, version, position }: Checkpoint, signal: AbortSignal) => {
  while (!signal.aborted) {
    await sleep(RETRY_MS, signal);
    const now = await readCheckpoints(db, [name]).catch(() => undefined);
    const found = now?.get(name);
    if (found !== undefined && (found.epoch !== epoch || found.position !== position || found.version !== version))
      return;
  }
};

/** Rebuilds rows that an older version of the projection wrote; the first process to get the lock does it. */
const bringUpToVersion = async (projection: Projection, deps: ProjectorDeps, signal: AbortSignal): Promise<void> => {
  const { name, version } = projection;
  try {
    const { events } = await rebuildProjection(projection, { ...deps, signal });
    deps.log.info({ projection: name, version, events }, 'rebuilt the read model for its new version');
  } catch (error) {
    if (!(error instanceof RebuildInProgress)) throw error;
    await sleep(RETRY_MS, signal);
  }
};

/**
 * Keeps one read model up to date until aborted. Any number of processes may run the same: only the one that moves the
 * checkpoint writes. Outages are retried. A bug stops this projection, and its status says so, until it is rebuilt or the
 * process is restarted.
 */
export const runProjector = async (projection: Projection, deps: ProjectorDeps, signal: AbortSignal): Promise<void> => {
  const { db, log } = deps;
  const { name, version } = projection;
  const backoff = createBackoff({ minMs: 100, maxMs: 3_000 });

  const run = async (checkpoint: Checkpoint): Promise<void> => {
    if (checkpoint.version < version) return bringUpToVersion(projection, deps, signal);
    if (checkpoint.version > version) {
      log.warn(
        { projection: name, version, found: checkpoint.version },
        'the read model belongs to a newer release and is not written',
      );
      return waitForMove(db, checkpoint, signal);
    }
    await follow(projection, deps, { checkpoint, signal, onHandled: backoff.reset });
    await sleep(STANDBY_MS, signal);
  };

  const stop = async (error: unknown): Promise<void> => {
    log.error({ projection: name, err: error }, 'the projection stopped: it failed on this event');
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
      log.warn(
        { projection: name, err: error },
        'the projection retries: the event store or the database is unreachable',
      );
      await sleep(backoff.nextDelayMs(), signal);
    });
  }
};

export type StartProjectorsOptions = ProjectorDeps & {
  /** Stops all of them, each after the batch it is at. */
  readonly signal: AbortSignal;
  readonly projections: readonly Projection[];
};

/**
 * Keeps these read models up to date, each at its own pace: those at the same position read and write together. Settles
 * when all have stopped.
 */
export const startProjectors = async ({ signal, projections, ...deps }: StartProjectorsOptions): Promise<void> => {
  const prefixes = [...new Set(projections.flatMap((projection) => projection.prefixes))].toSorted();
  const together = {
    ...deps,
    subscribe: shareSubscription({ subscribe: deps.store.subscribe, prefixes, batchSize: BATCH_SIZE }),
    meeting: createMeeting(MEETING_MS),
    write: createWriteRows(deps.db),
  };
  await Promise.all(projections.map((projection) => runProjector(projection, together, signal)));
};
