import { LRUCache } from 'lru-cache';
import type { Knex } from 'knex';
import type { DayClosed } from '../../domain/audit/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { EventStore, Position, StoredEvent } from '../../event-store/port.ts';
import { auditStream } from '../../event-store/stream-names.ts';
import { businessDayIn } from '../../platform/business-day.ts';
import { startOfDay } from '../../platform/wall-time.ts';
import type { Numbering } from '../record-log.ts';
import { positionBefore } from './position-before.ts';

/** Where a closed business day ends: the position of its last event, or of the last event before it. */
export type ClosedDay = {
  readonly position: Position;
  /** The first moment of the next day. */
  readonly until: Instant;
};

/** Undefined: the day is not closed yet. */
export type FindClosedDay = (day: string) => Promise<ClosedDay | undefined>;

type Deps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readAll' | 'readHashes' | 'readStream'>;
  readonly numbering: Numbering;
  /** IANA name. */
  readonly timeZone: string;
  /** Default: the system's clock. */
  readonly now?: () => Date;
};

const DAYS_KEPT = 1_000;
const DAY_MS = 86_400_000;

const isCloseOf =
  (day: string) =>
  (event: StoredEvent): boolean =>
    event.type === 'DayClosed' && event.data['day'] === day;

/**
 * Finds where a business day ends in the log, which its `DayClosed` says. Nothing can be appended to a closed day, so what
 * was found once stays. A day before the first event has none, and never will.
 */
export const createFindClosedDay = ({
  db,
  store,
  numbering,
  timeZone,
  now = () => new Date(),
}: Deps): FindClosedDay => {
  const known = new LRUCache<string, ClosedDay>({ max: DAYS_KEPT });
  const dayOf = businessDayIn(timeZone);

  const endOf = (day: string): Instant => new Date(startOfDay(Date.parse(day) + DAY_MS, timeZone)).toISOString();

  const isBeforeLog = async (day: string): Promise<boolean> => {
    const [first] = (await store.readAll({ after: 0n, limit: 1, prefixes: [''] })).events;
    const at = first?.metadata['recorded_at'] ?? now().toISOString();
    return typeof at === 'string' && day < dayOf(at);
  };

  const find = async (day: string): Promise<ClosedDay | undefined> => {
    const said = (await store.readStream(auditStream(day.slice(0, 4)))).find(isCloseOf(day));
    if (said === undefined) return (await isBeforeLog(day)) ? { position: 0n, until: endOf(day) } : undefined;
    const { size, until } = said.data as DayClosed['data']; // as its schema had it
    return { position: await positionBefore({ db, store, numbering }, size), until };
  };

  return async (day) => {
    const found = known.get(day) ?? (await find(day));
    if (found !== undefined) known.set(day, found);
    return found;
  };
};
