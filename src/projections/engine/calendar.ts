import type { Knex } from 'knex';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Position, StoredEvent } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { COUNTERS_OF } from './counter-names.ts';

/** The day of an instant on the shop's calendar: `2026-03-01`. */
export type DayOf = (at: Instant) => string;

export const utcDay: DayOf = (at) => at.slice(0, 10);

/** The days of an event: the business day in the log on which it was recorded, and the day on which it happened. */
export type EventDays = { readonly booked: string; readonly happened: string };

/** The first event of a business day. */
export type DayBegun = { readonly day: string; readonly position: Position };

const COUNTER = 'day:';

/** Days that began, as counters: the projection's own memory of where each day of the log begins. */
export const dayCounters = (begun: readonly DayBegun[]): readonly { readonly name: string; readonly by: number }[] =>
  begun.map(({ day, position }) => ({ name: COUNTER + day, by: Number(position) }));

/** The business day that the log has reached where this checkpoint stands; '' before the first event. */
export const readReachedDay = async (db: Knex, checkpoint: string): Promise<string> => {
  const { rows } = await db.raw<{ rows: readonly { name: string | null }[] }>(
    `select max(name collate "C") as name from projection_counters where projection = ${COUNTERS_OF} and starts_with(name, ?)`,
    [checkpoint, COUNTER],
  );
  return rows[0]?.name?.slice(COUNTER.length) ?? '';
};

/** The day of each position that the log has reached, as its projection remembers it. */
export const readDays = async (db: Knex, checkpoint: string): Promise<(position: Position) => string | undefined> => {
  const { rows } = await db.raw<{ rows: readonly { readonly name: string; readonly value: string }[] }>(
    `select name, value from projection_counters where projection = ${COUNTERS_OF} and starts_with(name, ?) order by name collate "C"`,
    [checkpoint, COUNTER],
  );
  const days = rows.map(({ name, value }) => ({ day: name.slice(COUNTER.length), first: BigInt(value) }));
  return (position) => days.findLast(({ first }) => first <= position)?.day;
};

/** Whether a counter is such a memory, and counts no rows. */
export const isDayCounter = (name: string): boolean => name.startsWith(COUNTER);

/** Where a business day lies in the log: its first event, and that of the next day. Undefined: no event is of it. */
export const readDayRange = async (
  db: Knex,
  checkpoint: string,
  day: string,
): Promise<{ readonly first: Position; readonly end: Position | undefined } | undefined> => {
  const { rows } = await db.raw<{ rows: readonly { readonly name: string; readonly value: string }[] }>(
    `select name, value from projection_counters where projection = ${COUNTERS_OF} and starts_with(name, ?)
       and name collate "C" >= ? order by name collate "C" limit 2`,
    [checkpoint, COUNTER, COUNTER + day],
  );
  const [first, next] = rows;
  if (first?.name !== COUNTER + day) return undefined;
  return { first: BigInt(first.value), end: next === undefined ? undefined : BigInt(next.value) };
};

export type Dated = {
  readonly dayAt: ReadonlyMap<Position, string>;
  readonly begun: readonly DayBegun[];
  /** The day that the log has reached after these events. */
  readonly reached: string;
};

/** The days of each of these events. */
export const daysFrom =
  (dayAt: ReadonlyMap<Position, string>, dayOf: DayOf) =>
  ({ position, metadata, fact }: Recorded): EventDays => ({
    booked: dayAt.get(position) ?? dayOf(metadata.recorded_at),
    happened: dayOf(fact.at),
  });

/**
 * The business day of each event: the later of its own day and that of the event before it in the log. So a day is a
 * range of the log, also where the clocks of two processes disagree at midnight.
 */
export const datesOf = (events: readonly StoredEvent[], before: string, dayOf: DayOf): Dated => {
  const dayAt = new Map<Position, string>();
  const begun: DayBegun[] = [];
  let reached = before;
  for (const { position, metadata } of events) {
    const at = metadata['recorded_at'];
    const own = typeof at === 'string' ? dayOf(at) : reached;
    if (own > reached) {
      reached = own;
      begun.push({ day: own, position });
    }
    dayAt.set(position, reached);
  }
  return { dayAt, begun, reached };
};
