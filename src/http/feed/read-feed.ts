import type { EventStore, Position, StoredEvent } from '../../event-store/port.ts';

export type FeedQuery = {
  /** Starts with the first event after it. */
  readonly after: Position;
  /** Events of other types are passed over. Undefined: all are wanted. */
  readonly types: ReadonlySet<string> | undefined;
  readonly limit: number;
  /** How long to wait for the next event if there is nothing new, milliseconds. */
  readonly waitMs: number;
  /** Ends the waiting: the client is gone, or this process stops. */
  readonly signal: AbortSignal;
};

export type FeedPage = {
  readonly events: readonly StoredEvent[];
  /** The next position, after the skipped events. */
  readonly next: Position;
  /** How long there was nothing to do but wait, in milliseconds. */
  readonly waitedMs: number;
};

export type ReadFeed = (query: FeedQuery) => Promise<FeedPage>;

const EVERYTHING = [''];
/** Events looked at in one step when most are passed over. */
const STEP = 500;
/** Passing over so much takes no longer; the client goes on from there. */
const LOOK_MS = 2_000;

type Page = Pick<FeedPage, 'events' | 'next'>;

/** Those of a batch that are wanted, at most so many, and where this stops. */
const pick = (
  batch: { readonly events: readonly StoredEvent[]; readonly position: Position },
  { types, limit }: FeedQuery,
): Page => {
  const wanted = batch.events.filter(({ type }) => types === undefined || types.has(type));
  const events = wanted.slice(0, limit);
  return { events, next: wanted.length > limit ? (events.at(-1)?.position ?? batch.position) : batch.position };
};

/** Every event after a position, of the wanted types, in the one total order; a page at a time. */
export const createReadFeed = ({ store }: { readonly store: EventStore }): ReadFeed => {
  /** The events that exist already. */
  const look = async (query: FeedQuery): Promise<Page & { readonly isAtEnd: boolean }> => {
    const until = performance.now() + LOOK_MS;
    const size = query.types === undefined ? query.limit : Math.max(query.limit, STEP);
    let { after } = query;
    for (;;) {
      const batch = await store.readAll({ after, limit: size, prefixes: EVERYTHING });
      const { events, next } = pick(batch, query);
      const isAtEnd = batch.caughtUp && next === batch.position;
      if (events.length > 0 || isAtEnd || performance.now() > until) return { events, next, isAtEnd };
      after = next;
    }
  };

  /** The next event that is wanted, or nothing once the time is over. */
  const wait = async (query: FeedQuery): Promise<Page> => {
    const over = new AbortController();
    const end = (): void => over.abort();
    const timer = setTimeout(end, query.waitMs);
    query.signal.addEventListener('abort', end);
    let next = query.after;
    try {
      const { after } = query;
      if (query.signal.aborted) return { events: [], next };
      for await (const batch of store.subscribe({ after, prefixes: EVERYTHING, signal: over.signal })) {
        const page = pick(batch, query);
        if (page.events.length > 0) return page;
        next = page.next;
      }
      return { events: [], next };
    } finally {
      clearTimeout(timer);
      query.signal.removeEventListener('abort', end);
    }
  };

  return async (query) => {
    const { events, next, isAtEnd } = await look(query);
    if (events.length > 0 || !isAtEnd || query.waitMs === 0) return { events, next, waitedMs: 0 };
    const started = performance.now();
    const page = await wait({ ...query, after: next });
    return { ...page, waitedMs: performance.now() - started };
  };
};
