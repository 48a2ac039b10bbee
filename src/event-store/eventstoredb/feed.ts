import { excludeSystemEvents, streamNameFilter, type AllStreamResolvedEvent } from '@eventstore/db-client';
import { jsonSize } from '../../platform/json-size.ts';
import type { Connected } from './connection.ts';
import { isPosition, positionOf } from './events.ts';
import type { OwnEvents } from './own-events.ts';
import { StoreUnavailable, type Position, type StoredEvent } from '../port.ts';

/** The server marks its progress after looking at so many events; it also reads ahead in pages of this size. */
const SEARCH_WINDOW = 64;
/** Events the client may hold ready, whatever their size. */
export const BUFFER = 32;

export type FeedOptions = {
  readonly connected: Connected;
  readonly own: OwnEvents;
  readonly after: Position;
  readonly prefixes: readonly string[];
};

export type Taken = {
  readonly events: readonly StoredEvent[];
  readonly bytes: number;
  /** Where the server stands, having skipped what did not match; nothing before it is left to take. */
  readonly mark?: Position;
  /** True when there was nothing more to take at the moment. */
  readonly isDrained: boolean;
};

const filterFor = (prefixes: readonly string[], checkpointReached: (position: Position) => void) => {
  const options = {
    maxSearchWindow: SEARCH_WINDOW,
    checkpointReached: (_: unknown, { commit }: { readonly commit: bigint }) => checkpointReached(commit),
  };
  if (prefixes.includes('')) return excludeSystemEvents(options);
  // An empty list would mean every stream to the server.
  return prefixes.length === 0
    ? streamNameFilter({ regex: '^$', ...options })
    : streamNameFilter({ prefixes: [...prefixes], ...options });
};

/** One subscription on the server, to be pulled from until it is lost. Nothing here throws; a loss is a state. */
export const openFeed = ({ connected, own, after, prefixes }: FeedOptions) => {
  let mark: Position | undefined;
  let isLive = false;
  let loss: Error | undefined;
  let wake = (): void => undefined;

  // It must not throw: the subscription would stall without a word.
  const checkpointReached = (position: Position): void => {
    if (!isPosition(position)) return;
    mark = position;
    wake();
  };

  const lose = (error: Error): void => {
    loss ??= error;
    wake();
  };

  // Never from `start`: before its first checkpoint a server would then mark the end of time, and nothing after it.
  const subscription = connected.client.subscribeToAll(
    {
      fromPosition: positionOf(after),
      filter: filterFor(own.serverPrefixes(prefixes), checkpointReached),
      requiresLeader: true,
    },
    { highWaterMark: BUFFER },
  );
  subscription
    .on('readable', () => wake())
    .on('error', lose)
    .on('end', () => lose(new StoreUnavailable('the subscription was ended')))
    .on('close', () => lose(new StoreUnavailable('the subscription was closed')))
    .on('caughtUp', () => {
      isLive = true;
      wake();
    })
    .on('fellBehind', () => {
      isLive = false;
    });

  const giveUp = (): void => lose(new StoreUnavailable('its connection was given up'));
  connected.replaced.addEventListener('abort', giveUp, { once: true });

  let seen = after;
  return {
    /** At most so many events, and no more once they have so many bytes. */
    take: (limit: number, maxBytes: number): Taken => {
      const events: StoredEvent[] = [];
      let bytes = 0;
      while (events.length < limit && bytes < maxBytes) {
        const resolved = subscription.read() as AllStreamResolvedEvent | null;
        if (resolved === null) {
          // All events before the mark have been read by now, and later events lie beyond it anyway.
          const taken = mark;
          mark = undefined;
          return { events, bytes, isDrained: true, ...(taken === undefined ? {} : { mark: taken }) };
        }
        const { event } = resolved;
        // An event that was delivered twice is taken once.
        if (event === undefined || event.position.commit <= seen) continue;
        seen = event.position.commit;
        const stored = own.takeWanted(event, prefixes);
        if (stored === undefined) continue;
        events.push(stored);
        bytes += jsonSize(stored.data) + jsonSize(stored.metadata);
      }
      return { events, bytes, isDrained: false };
    },
    /** Caught up with the server, as far as what has arrived tells. */
    isLive: (): boolean => isLive,
    loss: (): Error | undefined => loss,
    /** Returns as soon as there may be something to take, at the latest after `ms`: then false. */
    wait: (ms: number, signal: AbortSignal): Promise<boolean> =>
      new Promise((resolve) => {
        const settle = (heard: boolean): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', hear);
          wake = () => undefined;
          resolve(heard);
        };
        const hear = (): void => settle(true);
        const timer = setTimeout(() => settle(false), ms);
        signal.addEventListener('abort', hear);
        wake = hear;
        if (signal.aborted || loss !== undefined || mark !== undefined || subscription.readableLength > 0) hear();
      }),
    /** Ends the call on the server. Leaving without it would keep it there, and make its later failure an uncaught one. */
    release: (): void => {
      connected.replaced.removeEventListener('abort', giveUp);
      subscription.unsubscribe().catch(() => undefined);
    },
  };
};

export type Feed = ReturnType<typeof openFeed>;
