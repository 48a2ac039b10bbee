import { BACKWARDS, END, type StreamingRead } from '@eventstore/db-client';
import type { Client } from './client.ts';
import { jsonSize } from '../../platform/json-size.ts';
import type { Connection } from './connection.ts';
import { isInvalidPosition, isTimeout, isType, NoAnswer } from './errors.ts';
import { isPosition, positionOf, type Delivered } from './events.ts';
import type { OwnEvents } from './own-events.ts';
import { createPlaces } from './places.ts';
import { readRequest } from './stream-call.ts';
import { READ_ATTEMPTS, withRepeats } from './limits.ts';
import { PAGE_BYTES, type Batch, type EventStore, type Position, type StoredEvent } from '../port.ts';

/** So that asking for one event at a time costs no call for each event that does not match. */
const SMALLEST_PAGE = 100;

type Read = StreamingRead<{ readonly event?: Delivered }>;

const ignore = (): void => undefined;

/** The result of a read. `isWhole`: it ended by itself. */
type Collected = { readonly events: readonly Delivered[]; readonly isWhole: boolean };

type Reading = {
  /** Longest time without an event, milliseconds. */
  readonly silenceMs: number;
  /** After which event to end the read. */
  readonly isEnough: (event: Delivered) => boolean;
};

/** Reads to the end, or until it is enough: then the call is ended. Gives up when nothing comes for too long. */
const collect = async (read: Read, { silenceMs, isEnough }: Reading): Promise<Collected> => {
  const events: Delivered[] = [];
  // The client may report a second error after the iteration has ended.
  read.on('error', ignore);
  const timer = setTimeout(() => {
    read.cancel().catch(ignore);
    read.destroy(new NoAnswer(`no answer to a read within ${silenceMs} ms`));
  }, silenceMs);
  try {
    for await (const { event } of read) {
      timer.refresh();
      if (event === undefined) continue;
      events.push(event);
      if (!isEnough(event)) continue;
      await read.cancel().catch(ignore);
      return { events, isWhole: false };
    }
  } finally {
    clearTimeout(timer);
  }
  return { events, isWhole: true };
};

type IsEnough = Reading['isEnough'];
const never: IsEnough = () => false;

/** True once the events after a position have the size of a page: one of them at least is read, whatever its size. */
const fillsPage = (after: Position): IsEnough => {
  let bytes = 0;
  return ({ position, data, metadata }) => {
    if ((position?.commit ?? 0n) > after) bytes += jsonSize(data) + jsonSize(metadata);
    return bytes >= PAGE_BYTES;
  };
};

/** The stream was deleted on the server, where it cannot be read any more: it counts as empty. */
const deletedIsEmpty = (error: unknown): readonly Delivered[] => {
  if (isType(error, 'stream-deleted')) return [];
  throw error;
};

/** Cuts the raw page: at most `limit` matches, and the reader stands behind whatever was looked at. */
const toBatch = (raw: readonly Delivered[], limit: number, take: (event: Delivered) => StoredEvent | undefined) => {
  const events: StoredEvent[] = [];
  let position: Position | undefined;
  for (const event of raw) {
    if (events.length === limit) return { events, position, isCut: true };
    const own = take(event);
    if (own !== undefined) events.push(own);
    position = event.position?.commit;
  }
  return { events, position, isCut: false };
};

/** The reading half of the port. */
export const createReads = (connection: Connection, own: OwnEvents, readTimeoutMs: number) => {
  const silenceMs = readTimeoutMs / READ_ATTEMPTS;

  /** Reads, and once more on a new connection when nothing came. */
  const readOn = <T>(read: (client: Client) => Promise<T>): Promise<T> =>
    withRepeats(async () => {
      const connected = connection.current();
      try {
        return await read(connected.client);
      } catch (error) {
        if (isTimeout(error)) connection.replace(connected);
        throw error;
      }
    });

  const readStream: EventStore['readStream'] = async (stream, { from, direction = 'forwards', limit } = {}) => {
    if (limit === 0) return [];
    const request = readRequest(own.serverStream(stream), { from, direction, limit });
    const events = await readOn((client) => client.collect(request, silenceMs)).catch(deletedIsEmpty);
    return own.takeAll(events);
  };

  /** From a position on, that one included, to the end of the log, the count or the size of a page. */
  const readAllFrom = async (from: Position, maxCount: number) => {
    const { events, isWhole } = await readOn((client) =>
      collect(client.readAll({ fromPosition: positionOf(from), maxCount, requiresLeader: true }), {
        silenceMs,
        isEnough: fillsPage(from),
      }),
    );
    return { events, isEnd: isWhole && events.length < maxCount };
  };

  const findPlace = createPlaces(async (from, limit) => {
    const { events, isEnd } = await readAllFrom(from, limit);
    return { positions: events.flatMap(({ position }) => position?.commit ?? []), isEnd };
  });

  /** Reads from a position on; if that is no event's, from the event before it. */
  const readFromAny = async (from: Position, maxCount: number) => {
    try {
      return await readAllFrom(from, maxCount);
    } catch (error) {
      if (!isInvalidPosition(error)) throw error;
      return readAllFrom(await findPlace(from), maxCount);
    }
  };

  /** There is no filter on reads of `$all`: a page is read and sifted here. The first one includes `after` itself. */
  const readAll = async (options: Parameters<EventStore['readAll']>[0]): Promise<Batch> => {
    const { after, limit, prefixes } = options;
    const maxCount = Math.max(limit, SMALLEST_PAGE) + 1;
    const page = await readFromAny(after, maxCount);
    const behind = page.events.filter(({ position }) => position !== undefined && position.commit > after);
    const { events, position, isCut } = toBatch(behind, limit, (event) => own.takeWanted(event, prefixes));
    return { events, position: position ?? after, caughtUp: !isCut && page.isEnd };
  };

  /** Where a subscription to what comes after a position may begin: it would say nothing at one that is no event's. */
  const startAfter = async (after: Position): Promise<Position> => {
    if (after === 0n) return after;
    const [first] = (await readFromAny(after, 1)).events;
    const found = first?.position?.commit;
    return found !== undefined && found < after ? found : after;
  };

  const head = async (): Promise<Position> => {
    const { events } = await readOn((client) =>
      collect(client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 1, requiresLeader: true }), {
        silenceMs,
        isEnough: never,
      }),
    );
    const [last] = events;
    const position = last?.position?.commit;
    return isPosition(position) ? position : 0n;
  };

  return { readStream, readAll, startAfter, head };
};

export type Reads = ReturnType<typeof createReads>;
