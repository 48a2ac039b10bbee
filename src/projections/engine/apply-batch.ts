import type { Knex } from 'knex';
import { isOutage } from '../../event-store/outage.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { Batch, Position, StoredEvent } from '../../event-store/port.ts';
import { datesOf, dayCounters, daysFrom, readReachedDay, utcDay, type DayOf } from './calendar.ts';
import { CannotProject } from './failures.ts';
import { asStored, changesOf, foldEvents, keysToLoad, openEvents } from './fold.ts';
import { learn, type Known } from './known.ts';
import type { Projection } from './projection.ts';
import { endOfFitting, loadRows, writeRows, type Move, type Target, type Write, type WriteRows } from './rows.ts';

export type Writer = {
  readonly db: Knex;
  readonly codec: Pick<Codec, 'decode' | 'blindIndex'>;
  readonly projection: Projection;
  readonly target: Target;
  /** Default: by itself. */
  readonly write?: WriteRows | undefined;
  /** Of rows in memory at a time. Default 16 MB. */
  readonly loadedBytes?: number | undefined;
  /** Default: of UTC. */
  readonly dayOf?: DayOf | undefined;
  /** Kept by a writer that goes on: the day that its last batch reached need not be read again. */
  readonly reached?: ReachedDay | undefined;
  /** Kept likewise: what it has written alongside its rows. */
  readonly known?: Known | undefined;
};

/** The business day that the log had reached where a batch ended. */
export type ReachedDay = { known?: { readonly epoch: string; readonly position: Position; readonly day: string } };

const reachedAt = async ({ db, target, reached }: Writer, { epoch, from }: Move): Promise<string> => {
  const known = reached?.known;
  return known?.epoch === epoch && known.position === from ? known.day : readReachedDay(db, target.checkpoint);
};

/** Handles these events and moves the checkpoint; false when it no longer stood where expected. */
const apply = async (writer: Writer, events: readonly StoredEvent[], move: Move): Promise<boolean> => {
  const {
    db,
    codec,
    projection,
    target,
    write = (wanted: Write) => writeRows(db, wanted),
    dayOf = utcDay,
    loadedBytes,
  } = writer;
  const recorded = await openEvents(projection, codec, events);
  const [{ entries, left }, before] = await Promise.all([
    loadRows(db, projection, target, [...keysToLoad(projection, recorded)], loadedBytes),
    projection.isDated === true ? reachedAt(writer, move) : '',
  ]);
  const at = endOfFitting(projection, recorded, left);
  if (at !== undefined) return applyInParts(writer, events, { move, at });
  const { dayAt, begun, reached } = datesOf(projection.isDated === true ? events : [], before, dayOf);
  foldEvents(projection, entries, {
    events: recorded,
    ...(projection.isDated === true && { daysOf: daysFrom(dayAt, dayOf) }),
  });
  const changes = changesOf(projection, entries);
  const counters = [...changes.counters, ...dayCounters(begun)];
  const { known } = writer;
  const stored = await asStored(projection, codec, { changes: { ...changes, counters }, known });
  const isWritten = await write({ projection, target, move, changes: stored });
  if (isWritten) learn(known, stored.learnt ?? new Map());
  if (isWritten && writer.reached !== undefined)
    writer.reached.known = { epoch: move.epoch, position: move.to, day: reached };
  return isWritten;
};

/** The rows of all these events are too large together: those up to a position are handled first, then the others. */
const applyInParts = async (
  writer: Writer,
  events: readonly StoredEvent[],
  { move: { epoch, from, to }, at }: { readonly move: Move; readonly at: Position },
): Promise<boolean> =>
  (await apply(
    writer,
    events.filter(({ position }) => position <= at),
    { epoch, from, to: at },
  )) &&
  apply(
    writer,
    events.filter(({ position }) => position > at),
    { epoch, from: at, to },
  );

const applyOne = async (writer: Writer, event: StoredEvent, move: Move): Promise<boolean> => {
  try {
    return await apply(writer, [event], move);
  } catch (error) {
    throw isOutage(error) || error instanceof CannotProject ? error : new CannotProject(event, event.type, error);
  }
};

/**
 * Handles a batch in one write. If that fails by a bug, the events are handled one by one, so that the checkpoint ends up
 * right before the event that the error names.
 * @returns whether the checkpoint was moved; false when another process has moved it
 * @throws CannotProject on a bug, anything else on an outage
 */
export const applyBatch = async (
  writer: Writer,
  { events, position }: Pick<Batch, 'events' | 'position'>,
  { epoch, from }: { readonly epoch: string; readonly from: Position },
): Promise<boolean> => {
  try {
    return await apply(writer, events, { epoch, from, to: position });
  } catch (error) {
    if (isOutage(error)) throw error;
  }
  let at = from;
  for (const event of events) {
    if (!(await applyOne(writer, event, { epoch, from: at, to: event.position }))) return false;
    at = event.position;
  }
  return apply(writer, [], { epoch, from: at, to: position });
};
