import { Type } from '@sinclair/typebox';
import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { auditDecider, dayAfter, type BeginDay, type CloseDay, type DayClosed } from '../../domain/audit/index.ts';
import { handleOrThrow, SYSTEM, type Handle, type ReadStream } from '../../commands/index.ts';
import type { EventStore, StoredEvent } from '../../event-store/port.ts';
import { auditStream } from '../../event-store/stream-names.ts';
import { businessDayIn } from '../../platform/business-day.ts';
import { startOfDay } from '../../platform/wall-time.ts';
import type { Numbering } from '../record-log.ts';
import { DayNotRecorded, positionBefore } from './position-before.ts';
import { NO_TOTALS, sumDay, togetherWith, type CurrencyOf, type DaySums } from './day-sums.ts';
import { defineTask } from '../../jobs/task.ts';

export type CloseDaysDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readAll' | 'readHashes' | 'readStream'>;
  readonly handle: Handle;
  readonly readStream: ReadStream;
  readonly numbering: Numbering;
  /** IANA name. */
  readonly timeZone: string;
  /** Default: the system's clock. */
  readonly now?: () => Date;
};

type Closed = DayClosed['data'];

const PAGE = 1_000;
/** Orders of which the currency is remembered while a day is added up. */
const CURRENCIES_KEPT = 100_000;
const DAY_MS = 86_400_000;

const yearOf = (day: string): string => day.slice(0, 4);

/** The day before today in the zone: the last one that can be over. */
export const lastDayOver = (now: Date, timeZone: string): string => {
  const today = businessDayIn(timeZone)(now.toISOString());
  return new Date(Date.parse(today) - DAY_MS).toISOString().slice(0, 10);
};

/** Currencies of orders, which their first events say. */
const openCurrencies = (store: CloseDaysDeps['store']) => {
  const known = new LRUCache<string, string>({ max: CURRENCIES_KEPT });
  const note = ({ type, stream, data }: StoredEvent): void => {
    const { currency } = data;
    if (type === 'OrderPlaced' && typeof currency === 'string') known.set(stream, currency);
  };
  const of: CurrencyOf = async (stream) => {
    if (!known.has(stream)) for (const first of await store.readStream(stream, { limit: 1 })) note(first);
    const currency = known.get(stream);
    if (currency === undefined) throw new Error(`the currency of ${stream} is not known`);
    return currency;
  };
  return { note, of };
};

/**
 * Closes business days: every day from the first event on, once, in order, also days without events. Any number of
 * processes may do it: what a day came to follows from its range of the log, which no longer changes.
 */
export const createCloseDays = (deps: CloseDaysDeps) => {
  const { store, handle, readStream, timeZone, now = () => new Date() } = deps;
  const dayOf = businessDayIn(timeZone);

  const say = (command: BeginDay | CloseDay) => {
    const id = `${command.type}/${command.data.day}`;
    return handleOrThrow(handle, auditDecider, {
      stream: auditStream(yearOf(command.data.day)),
      command,
      context: { command_id: id, correlation_id: id, causation_id: id, actor: SYSTEM, at: command.at },
    });
  };
  const saidNow = () => ({ at: now().toISOString(), by: SYSTEM });

  const ownDay = ({ metadata }: StoredEvent): string => {
    const at = metadata['recorded_at'];
    return typeof at === 'string' ? dayOf(at) : '';
  };

  /** The newest day that was closed, looked for from a year backwards to the year of the first event. */
  const newestClosed = async (from: string, first: string): Promise<Closed | undefined> => {
    for (let year = Number(yearOf(from)); year >= Number(yearOf(first)); year--) {
      const found = await readStream(auditDecider, auditStream(String(year).padStart(4, '0')));
      if (found !== undefined && found.state.closed !== null) return found.state.closed;
    }
    return undefined;
  };

  const close = async (
    day: string,
    size: number,
    { counts, totals, imported }: DaySums,
    before: Closed | undefined,
  ) => {
    const data: Closed = {
      day,
      zone: timeZone,
      until: new Date(startOfDay(Date.parse(day) + DAY_MS, timeZone)).toISOString(),
      size,
      counts,
      totals,
      imported,
      perpetual: togetherWith(before?.perpetual ?? NO_TOTALS, { totals, imported }),
    };
    await say({ type: 'CloseDay', data, ...saidNow() });
    return data;
  };

  const upTo = async (until: string): Promise<readonly Closed[]> => {
    const lastOver = lastDayOver(now(), timeZone);
    if (until > lastOver)
      throw new RangeError(`${until} is not over yet: the last day that can be closed is ${lastOver}`);
    const [first] = (await store.readAll({ after: 0n, limit: 1, prefixes: [''] })).events;
    if (first === undefined) return [];
    let before = await newestClosed(lastOver, ownDay(first));
    if (before !== undefined && before.day >= until) return [];

    let open = before === undefined ? ownDay(first) : dayAfter(before.day);
    const closed: Closed[] = [];
    let index = before?.size ?? 0;
    let reached = before?.day ?? '';
    const currencies = openCurrencies(store);
    let sums = sumDay(currencies.of);

    /** Closes all days before this one: an event of it has been seen. */
    const closeBefore = async (day: string): Promise<void> => {
      while (open < day && open <= until) {
        before = await close(open, index, sums.sums(), before);
        closed.push(before);
        sums = sumDay(currencies.of);
        open = dayAfter(open);
      }
    };

    let [after, hasBegun] = [await positionBefore(deps, index), false];
    while (open <= until) {
      const page = await store.readAll({ after, limit: PAGE, prefixes: [''] });
      const closedBefore = closed.length;
      for (const event of page.events) {
        const own = ownDay(event);
        if (own > reached) {
          await closeBefore(own);
          if (open > until) return closed;
          reached = own;
        }
        currencies.note(event);
        await sums.add(event);
        index += 1;
      }
      after = page.position;
      // The close of a day is itself an event of a later day.
      if (!page.caughtUp || closed.length > closedBefore) continue;
      // No event of a later day yet: one is written, so that nothing can be appended to the days before any more.
      if (hasBegun) throw new DayNotRecorded('the event that begins the day is not in the log yet');
      await say({ type: 'BeginDay', data: { day: dayAfter(lastOver), zone: timeZone }, ...saidNow() });
      hasBegun = true;
    }
    return closed;
  };

  return {
    /** Closes the days up to this one, which must be over, and answers those it closed. @throws DayNotRecorded, RangeError */
    upTo,
    /** All days that are over. */
    over: (): Promise<readonly Closed[]> => upTo(lastDayOver(now(), timeZone)),
  };
};

export type CloseDays = ReturnType<typeof createCloseDays>;

/** Closes the business days that are over. A process that comes late closes all that are missing. */
export const closeDaysTask = defineTask({
  name: 'close-days',
  payload: Type.Object({ _cron: Type.Optional(Type.Object({ ts: Type.String() })) }),
  run: (_, { closeDays }: { readonly closeDays: CloseDays }) => closeDays.over(),
});
