import { createBackoff, sleep } from '../platform/backoff.ts';
import type { Client } from './eventstoredb-client.ts';
import { isOutage, translateError } from './eventstoredb-errors.ts';
import { openFeed, type Feed } from './eventstoredb-feed.ts';
import { unlessAborted } from './eventstoredb-limits.ts';
import type { Reads } from './eventstoredb-read.ts';
import { StoreUnavailable, type Batch, type Position, type StoredEvent, type SubscribeOptions } from './port.ts';

const DEFAULT_BATCH_SIZE = 500;
/** While catching up a batch waits this long to be filled. */
const LINGER_MS = 5;

export type SubscribeContext = Pick<Reads, 'readAll' | 'head'> & {
  readonly client: Client;
  /** After this long without a word the store is asked whether there was something to say. Milliseconds. */
  readonly silenceMs: number;
  /** Told of every lost subscription and every failed attempt to resume it. */
  readonly onDropped: (reason: Error) => void;
};

type Following = SubscribeContext & Required<SubscribeOptions>;

const furthest = (...positions: readonly (Position | undefined)[]): Position =>
  positions.reduce<Position>((far, position) => (position !== undefined && position > far ? position : far), 0n);

/** What a silent subscription should have told: undefined when it has missed something, else where it may stand. */
const lookBehind = async (options: Following, position: Position): Promise<Position | undefined> => {
  const { events, position: reached } = await options.readAll({ ...options, after: position, limit: 1 });
  return events.length > 0 ? undefined : reached;
};

/** Batches of one feed until it is lost, proves to be deaf, or nobody wants it any more: then nothing is returned. */
async function* drain(
  feed: Feed,
  options: Following,
  head: Position,
): AsyncGenerator<Batch, Error | undefined, undefined> {
  const { signal, batchSize, silenceMs } = options;
  let { after: position } = options;
  let events: StoredEvent[] = [];
  let [saidCaughtUp, hasLingered, reached] = [false, false, position];

  for (;;) {
    const taken = feed.take(batchSize - events.length);
    events.push(...taken.events);
    const caughtUp = taken.isDrained && feed.isLive();
    const isFilling = events.length > 0 && taken.isDrained && !caughtUp && taken.mark === undefined;
    if (isFilling && !hasLingered && feed.loss() === undefined) {
      hasLingered = true;
      await feed.wait(LINGER_MS, signal);
      if (signal.aborted) return undefined;
      continue;
    }
    // Whoever has caught up has passed everything that was there when the subscription began.
    const standing = furthest(position, reached, events.at(-1)?.position, taken.mark, caughtUp ? head : undefined);
    if (events.length > 0 || standing > position || (caughtUp && !saidCaughtUp)) {
      const batch = { events, position: standing, caughtUp };
      [position, events, hasLingered, saidCaughtUp] = [standing, [], false, caughtUp];
      yield batch;
      if (signal.aborted) return undefined;
      continue;
    }
    const loss = feed.loss();
    if (loss !== undefined) return loss;
    const heard = await feed.wait(silenceMs, signal);
    if (signal.aborted) return undefined;
    if (heard) continue;
    const found = await unlessAborted(signal, lookBehind(options, position));
    if (found === 'aborted') return undefined;
    if (found === undefined)
      return new StoreUnavailable(`nothing was delivered for ${silenceMs} ms although there was something`);
    reached = found;
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
    let feed: Feed | undefined;
    try {
      const head = await unlessAborted(signal, context.head());
      if (head === 'aborted') return;
      // The server would say nothing, and swallow whatever is appended until the log has grown so long.
      if (head < after)
        throw new StoreUnavailable(`the log ends at ${head}, before ${after}: was an older copy restored?`);
      const options = { ...context, ...subscribed, after, batchSize };
      feed = openFeed(options);
      const batches = drain(feed, options, head);
      for (let step = await batches.next(); ; step = await batches.next()) {
        if (step.done === true) {
          if (step.value === undefined) return;
          throw step.value;
        }
        backoff.reset();
        after = step.value.position;
        yield step.value;
        if (isOver()) return;
      }
    } catch (error) {
      if (isOver()) return;
      if (!isOutage(error)) throw translateError(error);
      if (error instanceof Error) context.onDropped(error);
    } finally {
      feed?.release();
    }
    await sleep(backoff.nextDelayMs(), signal);
  }
}
