import { isOutage } from '../../event-store/outage.ts';
import type { Codec } from '../../event-store/codec.ts';
import type { StoredEvent } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { utcDay, type EventDays } from './calendar.ts';
import { CannotProject } from './failures.ts';
import type { Known } from './known.ts';
import { keyOf, startsRow, type Entry, type Projection, type Row, type Tokens } from './projection.ts';
import { sumChanges, type SumChange } from './sums.ts';

export type Entries = Map<string, Entry>;

export type Changes = {
  readonly upserts: readonly Row[];
  /** Comes with them, for the statements that are run alongside. */
  readonly beside?: readonly object[];
  /** What is known once this is written. */
  readonly learnt?: Tokens;
  /** This was made for a generation of what is written alongside, and must not be written in another. */
  readonly generation?: string | undefined;
  /** Keys of rows that are no more. */
  readonly removals: readonly string[];
  readonly counters: readonly { readonly name: string; readonly by: number }[];
  /**
   * The additions to sums, by their key: decimal strings, because a sum may exceed the range in which a number is
   * exact.
   */
  readonly sums: readonly SumChange[];
};

const ABSENT: Entry = { stored: undefined, current: undefined };

/**
 * Opens the events that the projection folds.
 * @throws CannotProject naming the first that cannot be opened
 */
export const openEvents = async (
  { types, personal = true }: Projection,
  codec: Pick<Codec, 'decode'>,
  events: readonly StoredEvent[],
): Promise<readonly Recorded[]> => {
  const wanted = types === undefined ? events : events.filter(({ type }) => types.has(type));
  try {
    return await codec.decode(wanted, { personal });
  } catch (error) {
    if (isOutage(error)) throw error;
    for (const event of wanted)
      await codec.decode([event], { personal }).catch((cause: unknown) => {
        throw isOutage(cause) ? cause : new CannotProject(event, event.type, cause);
      });
    throw error;
  }
};

/** Keys of these events' rows that may exist in the table: a row whose first event is among them cannot. */
export const keysToLoad = (projection: Projection, events: readonly Recorded[]): ReadonlySet<string> => {
  const [started, found] = [new Set<string>(), new Set<string>()];
  for (const event of events) {
    const key = keyOf(projection, event);
    if (startsRow(projection, event)) started.add(key);
    else if (!started.has(key)) found.add(key);
  }
  return found;
};

/** Events to fold. `daysOf`: the days of each; default: of UTC. */
export type Folded = { readonly events: readonly Recorded[]; readonly daysOf?: (recorded: Recorded) => EventDays };

const utcDays = ({ metadata, fact }: Recorded): EventDays => ({
  booked: utcDay(metadata.recorded_at),
  happened: utcDay(fact.at),
});

/**
 * Folds events over the entries of their rows. The entry that was changed last comes last.
 * @throws CannotProject naming the event that the projection cannot fold
 */
export const foldEvents = (projection: Projection, entries: Entries, { events, daysOf = utcDays }: Folded): void => {
  for (const recorded of events) {
    try {
      const key = keyOf(projection, recorded);
      const { stored, current } = entries.get(key) ?? ABSENT;
      entries.delete(key);
      entries.set(key, { stored, current: projection.evolve(current, recorded, daysOf(recorded)) });
    } catch (error) {
      throw new CannotProject(recorded, recorded.fact.type, error);
    }
  }
};

/** The writes that bring the table up to the current rows. */
export const changesOf = (projection: Projection, entries: Iterable<readonly [string, Entry]>): Changes => {
  const changed = [...entries].filter(([, { stored, current }]) => stored !== current);
  const upserts: Row[] = [];
  const removals: string[] = [];
  const counted = new Map<string, number>();
  const count = (row: Row | undefined, by: number): void => {
    if (row === undefined) return;
    for (const name of projection.counters?.(row) ?? []) counted.set(name, (counted.get(name) ?? 0) + by);
  };
  for (const [key, { stored, current }] of changed) {
    if (current === undefined) removals.push(key);
    else upserts.push(current);
    count(stored, -1);
    count(current, 1);
  }
  const counters = [...counted].flatMap(([name, by]) => (by === 0 ? [] : [{ name, by }]));
  return { upserts, removals, counters, sums: sumChanges(projection, changed) };
};

/** The same in its stored form. */
export const asStored = async (
  { toStored }: Projection,
  codec: Pick<Codec, 'blindIndex'>,
  { changes, known }: { readonly changes: Changes; readonly known?: Known | undefined },
): Promise<Changes> => {
  if (toStored === undefined || changes.upserts.length === 0) return changes;
  const { rows, beside, learnt } = toStored(changes.upserts, await codec.blindIndex(), known?.tokens ?? new Map());
  return { ...changes, upserts: rows, beside, learnt, generation: known?.generation };
};
