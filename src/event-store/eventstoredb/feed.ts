import type { Connected } from './connection.ts';
import { isPosition, type Delivered } from './events.ts';
import type { OwnEvents } from './own-events.ts';
import type { ReadCall } from './read-call.ts';
import { contentIn } from './read-message.ts';
import { followRequest } from './read-request.ts';
import { StoreUnavailable, type Position, type StoredEvent } from '../port.ts';

/** A feed holds no more events ready than a subscriber takes at once, */
export const BUFFER = 500;
/** nor more bytes than this, unless it is one event. */
const BUFFER_BYTES = 1_000_000;

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

/** Events in order of their arrival, and their bytes. */
const createBuffer = () => {
  let ready: { readonly event: Delivered; readonly bytes: number }[] = [];
  let [first, held] = [0, 0];
  return {
    isEmpty: (): boolean => first === ready.length,
    isFull: (): boolean => ready.length - first >= BUFFER || held >= BUFFER_BYTES,
    add: (event: Delivered, bytes: number): void => {
      ready.push({ event, bytes });
      held += bytes;
    },
    shift: (): { readonly event: Delivered; readonly bytes: number } | undefined => {
      const next = ready[first];
      if (next === undefined) return undefined;
      first += 1;
      held -= next.bytes;
      if (first === ready.length) [ready, first] = [[], 0];
      return next;
    },
  };
};

/** One subscription on the server, to be pulled from until it is lost. Nothing here throws; a loss is a state. */
export const openFeed = ({ connected, own, after, prefixes }: FeedOptions) => {
  const buffer = createBuffer();
  let mark: Position | undefined;
  let isLive = false;
  let loss: Error | undefined;
  let wake = (): void => undefined;
  let call: ReadCall | undefined;
  /** Whether a message more has been asked for than has come. */
  let isAsking = true;
  let isReleased = false;

  const lose = (error: unknown): void => {
    loss ??= error instanceof Error ? error : new Error(String(error));
    wake();
  };

  const ask = (): void => {
    if (isAsking || call === undefined || buffer.isFull() || loss !== undefined) return;
    isAsking = true;
    call.next();
  };

  const hear = (message: Buffer): void => {
    const content = contentIn(message);
    if (content?.kind === 'event') buffer.add(content.event, message.length);
    if (content?.kind === 'checkpoint' && isPosition(content.position)) mark = content.position;
    if (content?.kind === 'caught_up') isLive = true;
    if (content?.kind === 'fell_behind') isLive = false;
    wake();
  };

  const over = connected.client.follow(followRequest(after, own.serverPrefixes(prefixes)), {
    onOpen: (opened) => {
      call = opened;
      if (isReleased) opened.cancel();
    },
    onMessage: (message) => {
      isAsking = false;
      try {
        hear(message);
      } catch (error) {
        lose(error);
      }
      ask();
    },
  });
  over.then(() => lose(new StoreUnavailable('the subscription was ended')), lose);

  const giveUp = (): void => lose(new StoreUnavailable('its connection was given up'));
  connected.replaced.addEventListener('abort', giveUp, { once: true });

  let seen = after;
  return {
    /** At most so many events, and no more once they have so many bytes. */
    take: (limit: number, maxBytes: number): Taken => {
      const events: StoredEvent[] = [];
      let bytes = 0;
      while (events.length < limit && bytes < maxBytes) {
        const next = buffer.shift();
        if (next === undefined) {
          ask();
          // All events before the mark have been taken by now, and later events lie beyond it anyway.
          const reached = mark;
          mark = undefined;
          return { events, bytes, isDrained: true, ...(reached === undefined ? {} : { mark: reached }) };
        }
        const { position } = next.event;
        // An event that was delivered twice is taken once.
        if (position <= seen) continue;
        seen = position;
        const stored = own.takeWanted(next.event, prefixes);
        if (stored === undefined) continue;
        events.push(stored);
        bytes += next.bytes;
      }
      ask();
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
        if (signal.aborted || loss !== undefined || mark !== undefined || !buffer.isEmpty()) hear();
      }),
    /** Ends the call on the server. */
    release: (): void => {
      isReleased = true;
      connected.replaced.removeEventListener('abort', giveUp);
      call?.cancel();
    },
  };
};

export type Feed = ReturnType<typeof openFeed>;
