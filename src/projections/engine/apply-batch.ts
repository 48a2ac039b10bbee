import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { Batch, Position, StoredEvent } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { CannotProject, isOutage } from './cannot-project.ts';
import { changesOf, foldEvents, openEvents } from './fold.ts';
import { keyOf, startsRow, type Projection } from './projection.ts';
import { loadRows, type Target } from './rows.ts';
import { writeRows, type Move, type WriteRows } from './write-rows.ts';

export type Writer = {
  readonly db: Knex;
  readonly codec: Pick<Codec, 'decode'>;
  readonly projection: Projection;
  readonly target: Target;
  /** Default: by itself. */
  readonly write?: WriteRows | undefined;
};

/** Keys of rows that may exist: one whose first event is among these cannot. */
const keysToLoad = (projection: Projection, events: readonly Recorded[]): readonly string[] => {
  const [started, found] = [new Set<string>(), new Set<string>()];
  for (const event of events) {
    const key = keyOf(projection, event);
    if (startsRow(projection, event)) started.add(key);
    else if (!started.has(key)) found.add(key);
  }
  return [...found];
};

/** Handles these events and moves the checkpoint; false when it no longer stood where we thought. */
const apply = async (
  { db, codec, projection, target, write = (wanted) => writeRows(db, wanted) }: Writer,
  events: readonly StoredEvent[],
  move: Move,
): Promise<boolean> => {
  const recorded = await openEvents(projection, codec, events);
  const entries = await loadRows(db, projection, target, keysToLoad(projection, recorded));
  foldEvents(projection, entries, recorded);
  return write({ projection, target, move, changes: changesOf(projection, entries) });
};

const applyOne = async (writer: Writer, event: StoredEvent, move: Move): Promise<boolean> => {
  try {
    return await apply(writer, [event], move);
  } catch (error) {
    throw isOutage(error) || error instanceof CannotProject ? error : new CannotProject(event, event.type, error);
  }
};

/**
 * Handles a batch in one write. If a bug is in the way, its events are handled one by one, so that the checkpoint comes
 * to stand right before the event that is named.
 * @returns whether the checkpoint was moved; false when somebody else has moved it
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
