import type { Knex } from 'knex';
import { isOutage } from '../../event-store/outage.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { Batch, Position, StoredEvent } from '../../event-store/port.ts';
import { datesOf, dayCounters, daysFrom, readReachedDay, utcDay, type DayOf } from './calendar.ts';
import { CannotProject } from './failures.ts';
import { asStored, changesOf, foldEvents, keysToLoad, openEvents, type Entries } from './fold.ts';
import { learn, type Known } from './known.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { keyOf, type Projection, type Row, type Tokens } from './projection.ts';
import {
  columnsOf,
  endOfFitting,
  loadRows,
  writeRows,
  type Move,
  type Target,
  type Write,
  type WriteRows,
} from './rows.ts';

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

/** Events of a batch, opened. */
export type Opened = {
  readonly events: readonly StoredEvent[];
  readonly recorded: readonly Recorded[];
  /** Keys of all rows that they belong to. */
  readonly touched: ReadonlySet<string>;
  /** Those among them that may exist. */
  readonly wanted: readonly string[];
};

/** What there is once a batch is written. */
export type Left = {
  /** The rows that its events belong to, in their stored form; undefined where there is none. */
  readonly rows: ReadonlyMap<string, Row | undefined>;
  /** The business day reached; undefined: not known. */
  readonly day: string | undefined;
  /** Of the changed rows, as they are sent. */
  readonly bytes: number;
};

/** A batch that was opened and folded, ready to be written. */
export type Ready = { readonly write: Write; readonly learnt: Tokens | undefined; readonly leaves: Left };

export const openBatch = async (
  { projection, codec }: Pick<Writer, 'projection' | 'codec'>,
  events: readonly StoredEvent[],
): Promise<Opened> => {
  const recorded = await openEvents(projection, codec, events);
  const touched = new Set(recorded.map((one) => keyOf(projection, one)));
  return { events, recorded, touched, wanted: [...keysToLoad(projection, recorded)] };
};

export const dayBefore = (writer: Writer, move: Move): Promise<string> =>
  writer.projection.isDated === true ? reachedAt(writer, move) : Promise.resolve('');

/** Folds a batch over its rows. `day`: that the log has reached before it. */
export const foldBatch = async (
  { codec, projection, target, dayOf = utcDay, known }: Writer,
  { events, recorded, touched }: Opened,
  { move, entries, day }: { readonly move: Move; readonly entries: Entries; readonly day: string },
): Promise<Ready> => {
  const isDated = projection.isDated === true;
  const { dayAt, begun, reached } = datesOf(isDated ? events : [], day, dayOf);
  foldEvents(projection, entries, { events: recorded, ...(isDated && { daysOf: daysFrom(dayAt, dayOf) }) });
  const made = changesOf(projection, entries);
  const counters = [...made.counters, ...dayCounters(begun)];
  const changes = await asStored(projection, codec, { changes: { ...made, counters }, known });
  const columns = columnsOf(projection, changes.upserts);
  const rows = new Map<string, Row | undefined>();
  for (const key of touched) rows.set(key, entries.get(key)?.current);
  for (const row of changes.upserts) rows.set(String(row[projection.key]), row);
  const bytes = columns.reduce((sum, { length }) => sum + length, 0);
  return {
    write: { projection, target, move, changes, columns },
    learnt: changes.learnt,
    leaves: { rows, day: reached, bytes },
  };
};

/** Rows of the events up to here are as many as fit in memory. */
type Part = { readonly partTo: Position };

const isPart = (ready: Ready | Part): ready is Part => 'partTo' in ready;

const makeReady = async (writer: Writer, events: readonly StoredEvent[], move: Move): Promise<Ready | Part> => {
  const { db, projection, target, loadedBytes } = writer;
  const opened = await openBatch(writer, events);
  const [{ entries, left }, day] = await Promise.all([
    loadRows(db, projection, target, opened.wanted, loadedBytes),
    dayBefore(writer, move),
  ]);
  const at = endOfFitting(projection, opened.recorded, left);
  return at === undefined ? foldBatch(writer, opened, { move, entries, day }) : { partTo: at };
};

/** Undefined when the rows are too many bytes together. */
export const makeWholeReady = async (
  writer: Writer,
  events: readonly StoredEvent[],
  move: Move,
): Promise<Ready | undefined> => {
  const ready = await makeReady(writer, events, move);
  return isPart(ready) ? undefined : ready;
};

/** Writes what was made ready, and remembers what is known once it is written. */
export const writeReady = async (
  { db, write: writeIt = (wanted: Write) => writeRows(db, wanted), known, reached }: Writer,
  { write, learnt, leaves }: Ready,
): Promise<boolean> => {
  if (!(await writeIt(write))) return false;
  learn(known, learnt ?? new Map());
  const { epoch, to } = write.move;
  if (reached !== undefined && leaves.day !== undefined) reached.known = { epoch, position: to, day: leaves.day };
  return true;
};

/** Handles these events and moves the checkpoint; false when it no longer stood where expected. */
const apply = async (writer: Writer, events: readonly StoredEvent[], move: Move): Promise<boolean> => {
  const ready = await makeReady(writer, events, move);
  return isPart(ready) ? applyInParts(writer, events, { move, at: ready.partTo }) : writeReady(writer, ready);
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
 * Handles events one by one, after the write of the whole batch has failed: the checkpoint ends up right before the event
 * that the error names.
 */
export const applyEach = async (writer: Writer, events: readonly StoredEvent[], move: Move): Promise<boolean> => {
  const { epoch, from, to } = move;
  let at = from;
  for (const event of events) {
    if (!(await applyOne(writer, event, { epoch, from: at, to: event.position }))) return false;
    at = event.position;
  }
  return apply(writer, [], { epoch, from: at, to });
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
  const move = { epoch, from, to: position };
  try {
    return await apply(writer, events, move);
  } catch (error) {
    if (isOutage(error)) throw error;
    return applyEach(writer, events, move);
  }
};
