import { createBackoff, sleep } from '../../platform/backoff.ts';
import type { Connection } from './connection.ts';
import { isOutage, isTimeout, NoAnswer, translateError } from './errors.ts';
import { BUFFER, openFeed, type Feed } from './feed.ts';
import { rest } from '../rest.ts';
import { unlessAborted } from './limits.ts';
import type { OwnEvents } from './own-events.ts';
import type { Reads } from './read.ts';
import {
  PAGE_BYTES,
  StoreUnavailable,
  type Batch,
  type Position,
  type StoredEvent,
  type SubscribeOptions,
} from '../port.ts';

const DEFAULT_BATCH_SIZE = 500;
/** While catching up a batch waits this long for each further event. */
const LINGER_MS = 5;
/** One that has caught up takes no more for so long after it handled events, as on PostgreSQL. */
const REST_MS = 20;

export type SubscribeContext = Pick<Reads, 'readAll' | 'head' | 'startAfter'> & {
  readonly connection: Connection;
  readonly own: OwnEvents;
  /** After this long without a word the store is asked whether there was something to say. Milliseconds. */
  readonly silenceMs: number;
  /** Called for every lost subscription and every failed attempt to resume it. */
  readonly onDropped: (reason: Error) => void;
};

type Following = SubscribeContext & Required<SubscribeOptions>;

const furthest = (...positions: readonly (Position | undefined)[]): Position =>
  positions.reduce<Position>((far, position) => (position !== undefined && position > far ? position : far), 0n);

/** Waits for a word of the feed. After a long silence the store itself is asked: answers how far nothing was missed. */
const waitForNews = async (feed: Feed, options: Following, position: Position): Promise<Position> => {
  const { signal, silenceMs, prefixes } = options;
  if (await feed.wait(silenceMs, signal)) return position;
  const missed = await unlessAborted(signal, options.readAll({ after: position, limit: 1, prefixes }));
  if (missed === 'aborted') return position;
  if (missed.events.length > 0)
    throw new NoAnswer(`nothing was delivered for ${silenceMs} ms although there was something`);
  return missed.position;
};

/** Few events of one that has caught up. Where many wait, more would not fit into the client meanwhile. */
const isResting = ({ events, caughtUp }: Batch): boolean => caughtUp && events.length > 0 && events.length < BUFFER;

/** Batches of one feed. Throws when it is lost or no longer delivers, returns when its subscriber has left. */
async function* drain(feed: Feed, options: Following, head: Position): AsyncGenerator<Batch, void, undefined> {
  const { signal, batchSize } = options;
  const isOver = (): boolean => signal.aborted;
  let { after: position } = options;
  let events: StoredEvent[] = [];
  let bytes = 0;
  let [saidCaughtUp, hasLingered, reached] = [false, false, position];

  while (!isOver()) {
    const taken = feed.take(batchSize - events.length, PAGE_BYTES - bytes);
    events.push(...taken.events);
    bytes += taken.bytes;
    const caughtUp = taken.isDrained && feed.isLive();
    const isFilling = events.length > 0 && taken.isDrained && !caughtUp && taken.mark === undefined;
    if (isFilling && !hasLingered && feed.loss() === undefined) {
      hasLingered = !(await feed.wait(LINGER_MS, signal));
      continue;
    }
    // A subscription that has caught up has passed every event that existed when it began.
    const until = furthest(position, reached, events.at(-1)?.position, taken.mark, caughtUp ? head : undefined);
    if (events.length > 0 || until > position || (caughtUp && !saidCaughtUp)) {
      const batch = { events, position: until, caughtUp };
      [position, events, bytes, hasLingered, saidCaughtUp] = [until, [], 0, false, caughtUp];
      const takenAt = performance.now();
      yield batch;
      const handledAt = performance.now();
      if (isResting(batch)) await rest({ handledAt, tookMs: handledAt - takenAt, restMs: REST_MS, signal });
      continue;
    }
    const loss = feed.loss();
    if (loss !== undefined) throw loss;
    reached = await waitForNews(feed, options, position);
  }
}

/** One subscription on the server, from its beginning to its loss. */
async function* followOnce(options: Following): AsyncGenerator<Batch, void, undefined> {
  const { after, signal } = options;
  const head = await unlessAborted(signal, options.head());
  if (head === 'aborted') return;
  // The server would say nothing, and swallow whatever is appended until the log has grown so long.
  if (head < after) throw new StoreUnavailable(`the log ends at ${head}, before ${after}: was an older copy restored?`);
  const start = await unlessAborted(signal, options.startAfter(after));
  if (start === 'aborted') return;
  const connected = options.connection.current();
  const feed = openFeed({ ...options, after: start, connected });
  try {
    yield* drain(feed, options, head);
  } catch (error) {
    if (isTimeout(error)) options.connection.replace(connected);
    throw error;
  } finally {
    feed.release();
  }
}

/**
 * A subscription that outlives its connections: an error, a normal end and a silence that hides events are all drops,
 * and each is followed by a new subscription behind the last batch.
 */
export async function* followEventStoreDb(
  context: SubscribeContext,
  subscribed: SubscribeOptions,
): AsyncGenerator<Batch, void, undefined> {
  const { signal, batchSize = DEFAULT_BATCH_SIZE } = subscribed;
  const backoff = createBackoff();
  let { after } = subscribed;
  const isOver = (): boolean => signal.aborted;

  while (!isOver()) {
    try {
      for await (const batch of followOnce({ ...context, ...subscribed, after, batchSize })) {
        backoff.reset();
        after = batch.position;
        yield batch;
        if (isOver()) return;
      }
    } catch (error) {
      if (isOver()) return;
      if (!isOutage(error)) throw translateError(error);
      if (error instanceof Error) context.onDropped(error);
    }
    await sleep(backoff.nextDelayMs(), signal);
  }
}
