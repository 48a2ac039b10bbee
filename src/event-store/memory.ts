import { joinSignals } from '../platform/join-signals.ts';
import { jsonSize } from '../platform/json-size.ts';
import { createSignal } from './signal.ts';
import { pollingSubscription } from './polling-subscription.ts';
import { hashesOf, textsOf, isSameEvent } from './hash-chain.ts';
import {
  AppendTooLarge,
  MAX_APPEND_BYTES,
  PAGE_BYTES,
  countIn,
  StoreUnavailable,
  WrongExpectedRevision,
  type Appended,
  type Batch,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadStreamOptions,
  type StoredEvent,
} from './port.ts';

/** Stores go through JSON: what a caller changes afterwards, or what JSON does not carry, is not stored. */
const asStored = ({ id, type, data, metadata }: NewEvent): NewEvent =>
  JSON.parse(JSON.stringify({ id, type, data, metadata })) as NewEvent;

const lastRevision = (stream: readonly StoredEvent[]): ExpectedRevision => stream.at(-1)?.revision ?? 'no_stream';

const rejectTooLarge = (events: readonly NewEvent[]): void => {
  const bytes = events.reduce((sum, { data, metadata }) => sum + JSON.stringify([data, metadata]).length, 0);
  if (bytes > MAX_APPEND_BYTES) throw new AppendTooLarge(bytes, MAX_APPEND_BYTES);
};

/** The answer of an earlier append of exactly these events, if there was one. */
const findRepeated = (stream: readonly StoredEvent[], events: readonly NewEvent[], expected: ExpectedRevision) => {
  const start = expected === 'no_stream' ? 0 : Number(expected) + 1;
  const isRepeated = events.every((event, index) => {
    const stored = stream[start + index];
    return stored !== undefined && isSameEvent(stored, event);
  });
  return isRepeated ? stream[start + events.length - 1] : undefined;
};

const readFrom = (stream: readonly StoredEvent[], { from, direction = 'forwards', limit }: ReadStreamOptions) => {
  const inOrder = direction === 'forwards' ? stream : stream.toReversed();
  const wanted = inOrder.filter(
    ({ revision }) => from === undefined || (direction === 'forwards' ? revision >= from : revision <= from),
  );
  return wanted.slice(0, limit);
};

/** The port in memory, for unit tests: same numbering, same errors, nothing survives the process. */
export const openMemoryEventStore = (): EventStore => {
  const all: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const appended = createSignal();
  const closing = new AbortController();

  const throwWhenClosed = (): void => {
    if (closing.signal.aborted) throw new StoreUnavailable('it has been closed');
  };

  const write = (name: string, events: readonly NewEvent[], expected: ExpectedRevision): Appended => {
    const stream = streams.get(name) ?? [];
    const actual = lastRevision(stream);
    if (actual !== expected) {
      const repeated = findRepeated(stream, events, expected);
      if (repeated === undefined) throw new WrongExpectedRevision(name, expected, actual);
      return { revision: repeated.revision, position: repeated.position };
    }
    for (const event of events.map(asStored)) {
      const revision = BigInt(stream.length);
      const stored = { ...event, stream: name, revision, position: BigInt(all.length + 1) };
      stream.push(stored);
      all.push(stored);
    }
    streams.set(name, stream);
    appended.raise();
    return { revision: BigInt(stream.length - 1), position: BigInt(all.length) };
  };

  const readPage = (after: Position, limit: number, prefixes: readonly string[]): Batch => {
    const events: StoredEvent[] = [];
    let index = Number(after);
    let bytes = 0;
    for (; index < all.length && events.length < limit && bytes < PAGE_BYTES; index++) {
      const event = all[index];
      if (event === undefined || !prefixes.some((prefix) => event.stream.startsWith(prefix))) continue;
      events.push(event);
      bytes += jsonSize(event.data) + jsonSize(event.metadata);
    }
    return { events, position: BigInt(index), caughtUp: index >= all.length };
  };

  // Every answer comes in a later turn of the event loop, as from a real store.
  const answer = async <T>(make: () => T): Promise<T> => {
    throwWhenClosed();
    await Promise.resolve();
    return make();
  };

  return {
    append: (stream, events, expected) =>
      answer(() => {
        if (events.length === 0) throw new RangeError('an append needs at least one event');
        rejectTooLarge(events);
        return write(stream, events, expected);
      }),
    readStream: (stream, options = {}) => answer(() => readFrom(streams.get(stream) ?? [], options)),
    readAll: ({ after, limit, prefixes }) => answer(() => readPage(after, limit, prefixes)),
    readHashes: ({ after, limit }) => answer(() => hashesOf(readPage(after, limit, ['']))),
    readTexts: ({ after, limit }) => answer(() => textsOf(readPage(after, limit, ['']))),
    countAfter: (options) => answer(() => countIn(readPage(options.after, options.limit, options.prefixes), options)),
    subscribe: async function* (options) {
      throwWhenClosed();
      const { signal, letGo } = joinSignals(options.signal, closing.signal);
      const { prefixes } = options;
      try {
        yield* pollingSubscription({
          ...options,
          signal,
          appended,
          readPage: (after, limit) => answer(() => readPage(after, limit, prefixes)),
        });
      } finally {
        letGo();
      }
    },
    head: () => answer(() => BigInt(all.length)),
    close: () => {
      closing.abort();
      return Promise.resolve();
    },
  };
};
