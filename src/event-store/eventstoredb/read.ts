import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import { isInvalidPosition, isTimeout, isType } from './errors.ts';
import { isPosition, type Delivered } from './events.ts';
import type { OwnEvents } from './own-events.ts';
import { createPlaces } from './places.ts';
import type { Collected, Reading } from './read-call.ts';
import { lastRequest, logRequest, streamRequest } from './read-request.ts';
import { READ_ATTEMPTS, withRepeats } from './limits.ts';
import { PAGE_BYTES, type Batch, type EventStore, type Position, type StoredEvent } from '../port.ts';

/** So that asking for one event at a time costs no call for each event that does not match. */
const SMALLEST_PAGE = 100;

/** True once the events after a position have the size of a page: one of them at least is read, whatever its size. */
const fillsPage = (after: Position): NonNullable<Reading['isEnough']> => {
  let read = 0;
  return ({ position }, bytes) => {
    if ((position?.commit ?? 0n) > after) read += bytes;
    return read >= PAGE_BYTES;
  };
};

/** The stream was deleted on the server, where it cannot be read any more: it counts as empty. */
const deletedIsEmpty = (error: unknown): Collected => {
  if (isType(error, 'stream-deleted')) return { events: [], isWhole: true };
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
    const request = streamRequest(own.serverStream(stream), { from, direction, limit });
    const { events } = await readOn((client) => client.collect(request, { silenceMs })).catch(deletedIsEmpty);
    return own.takeAll(events);
  };

  /** From a position on, that one included, to the end of the log, the count or the size of a page. */
  const readAllFrom = async (from: Position, maxCount: number) => {
    const { events, isWhole } = await readOn((client) =>
      client.collect(logRequest(from, maxCount), { silenceMs, isEnough: fillsPage(from) }),
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
    const { events } = await readOn((client) => client.collect(lastRequest(), { silenceMs }));
    const [last] = events;
    const position = last?.position?.commit;
    return isPosition(position) ? position : 0n;
  };

  return { readStream, readAll, startAfter, head };
};

export type Reads = ReturnType<typeof createReads>;
