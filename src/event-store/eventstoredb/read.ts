import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import { isInvalidPosition, isTimeout, isType } from './errors.ts';
import { isPosition, type Delivered } from './events.ts';
import type { OwnEvents } from './own-events.ts';
import { createPlaces } from './places.ts';
import type { Collected, Reading } from './read-call.ts';
import { lastRequest, logRequest, streamRequest } from './read-request.ts';
import { READ_ATTEMPTS, withRepeats } from './limits.ts';
import { PAGE_BYTES, type Batch, type EventStore, type Position, type ReadAllOptions } from '../port.ts';

/** Events looked at where few are asked for and none of them matches. */
const SMALLEST_PAGE = 100;
/** Events looked at where those of others lie between the wanted ones. */
const FOREIGN_PAGE = 1_000;

/** True once the events after a position have the size of a page: one of them at least is read, whatever its size. */
const fillsPage = (after: Position): NonNullable<Reading['isEnough']> => {
  let read = 0;
  return ({ position }, bytes) => {
    if (position > after) read += bytes;
    return read >= PAGE_BYTES;
  };
};

/** The stream was deleted on the server, where it cannot be read any more: it counts as empty. */
const deletedIsEmpty = (error: unknown): Collected => {
  if (isType(error, 'stream-deleted')) return { events: [], isWhole: true };
  throw error;
};

/** Cuts the raw page: at most `limit` matches, and the reader stands behind whatever was looked at. */
const toBatch = <T>(raw: readonly Delivered[], limit: number, take: (event: Delivered) => T | undefined) => {
  const events: T[] = [];
  let position: Position | undefined;
  for (const event of raw) {
    if (events.length === limit) return { events, position, isCut: true };
    const own = take(event);
    if (own !== undefined) events.push(own);
    position = event.position;
  }
  return { events, position, isCut: false };
};

type Range = Pick<ReadAllOptions, 'after' | 'limit'>;

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
    return { positions: events.map(({ position }) => position), isEnd };
  });

  /** Reads from a position on; if that is no event's, from the event behind or before it. */
  const readFromAny = async (from: Position, maxCount: number) => {
    try {
      return await readAllFrom(from, maxCount);
    } catch (error) {
      if (!isInvalidPosition(error)) throw error;
    }
    try {
      // Most who name no event's position name the one before an event's, so as to read that event.
      return await readAllFrom(from + 1n, maxCount);
    } catch (error) {
      if (!isInvalidPosition(error)) throw error;
      return readAllFrom(await findPlace(from), maxCount);
    }
  };

  /** Looks at so many events after a position, and takes at most `limit`. */
  const look = async <T>({ after, limit }: Range, at: number, take: (event: Delivered) => T | undefined) => {
    const page = await readFromAny(after, at + 1); // the first one may be at `after` itself
    const behind = page.events.filter(({ position }) => position > after);
    const { events, position = after, isCut } = toBatch(behind, limit, take);
    return { events, position, caughtUp: !isCut && page.isEnd };
  };

  /**
   * There is no filter on reads of `$all`: a page is read and sifted here. No more is read than is asked for, but where
   * none of that matches, a larger page follows: asking for one costs no call for each event that does not match.
   */
  const readMatching = async <T>(range: Range, take: (event: Delivered) => T | undefined) => {
    const asked = await look(range, range.limit, take);
    if (asked.events.length > 0 || asked.caughtUp || range.limit >= SMALLEST_PAGE) return asked;
    return look({ ...range, after: asked.position }, SMALLEST_PAGE, take);
  };

  const readAll = ({ prefixes, ...range }: ReadAllOptions): Promise<Batch> =>
    readMatching(range, (event) => own.takeWanted(event, prefixes));

  /** As many as asked for, however many events of others lie between. */
  const readHashes: EventStore['readHashes'] = async ({ after, limit }) => {
    let page = await look({ after, limit }, limit, own.takeHash);
    const hashes = [...page.events];
    while (hashes.length < limit && !page.caughtUp) {
      const missing = limit - hashes.length;
      page = await look({ after: page.position, limit: missing }, Math.max(missing, FOREIGN_PAGE), own.takeHash);
      hashes.push(...page.events);
    }
    return { hashes, position: page.position, caughtUp: page.caughtUp };
  };

  /** Where a subscription to what comes after a position may begin: it would say nothing at one that is no event's. */
  const startAfter = async (after: Position): Promise<Position> => {
    if (after === 0n) return after;
    try {
      await readAllFrom(after, 1);
      return after;
    } catch (error) {
      if (!isInvalidPosition(error)) throw error;
      return findPlace(after);
    }
  };

  const head = async (): Promise<Position> => {
    const { events } = await readOn((client) => client.collect(lastRequest(), { silenceMs }));
    const [last] = events;
    return isPosition(last?.position) ? last.position : 0n;
  };

  return { readStream, readAll, readHashes, startAfter, head };
};

export type Reads = ReturnType<typeof createReads>;
