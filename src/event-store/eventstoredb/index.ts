import { joinSignals } from '../../platform/join-signals.ts';
import { createAppend } from './append.ts';
import { connectClient } from './client.ts';
import { createConnection } from './connection.ts';
import { createOwnEvents, type Ownership } from './own-events.ts';
import { createReads } from './read.ts';
import { readInRounds } from './read-rounds.ts';
import { followEventStoreDb } from './subscribe.ts';
import { textsOf } from '../hash-chain.ts';
import { countIn, StoreUnavailable, type EventStore } from '../port.ts';

export type EventStoreDbOptions = Ownership & {
  /** See `connection-string.ts`. A server without TLS needs `?tls=false`. */
  readonly url: string;
  /** How long an append may take, repeats included. Milliseconds, default 10 000. */
  readonly appendTimeoutMs?: number;
  /** Longest silence of the server within a read, repeats included. Milliseconds, default 10 000. */
  readonly readTimeoutMs?: number;
  /** How long a subscription may be silent before it is checked. Milliseconds, default 15 000. */
  readonly silenceMs?: number;
  /** Called for every lost subscription and every failed attempt to resume it, e.g. to log it. It goes on trying. */
  readonly onDropped?: (reason: Error) => void;
};

const ignore = (): void => undefined;

/** The port on EventStoreDB (server 23.10 or newer) over its official client. One per process. */
export const openEventStoreDb = (options: EventStoreDbOptions): EventStore => {
  const { url, appendTimeoutMs = 10_000, readTimeoutMs = 10_000, silenceMs = 15_000, onDropped = ignore } = options;
  const connection = createConnection(
    (generation) => connectClient(url, generation),
    Math.max(appendTimeoutMs, readTimeoutMs),
  );
  const own = createOwnEvents(options);
  const reads = createReads(connection, own, readTimeoutMs);
  const readStream = readInRounds(reads.readStream);
  const append = createAppend({ connection, own, readStream: reads.readStream, appendTimeoutMs });
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  /** Rejects when closed; else `close` waits for it. */
  const whileOpen = <T>(start: () => Promise<T>): Promise<T> => {
    if (closing.signal.aborted) return Promise.reject(new StoreUnavailable('it has been closed'));
    const operation = start();
    running.add(operation);
    const leave = (): void => void running.delete(operation);
    operation.then(leave, leave);
    return operation;
  };

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.allSettled(running);
    await connection.close();
  };

  return {
    append: (stream, events, expected) => whileOpen(() => append(stream, events, expected)),
    readStream: (stream, range) => whileOpen(() => readStream(stream, range)),
    readAll: (range) => whileOpen(() => reads.readAll(range)),
    readHashes: (range) => whileOpen(() => reads.readHashes(range)),
    readTexts: (range) => whileOpen(async () => textsOf(await reads.readAll({ ...range, prefixes: [''] }))),
    countAfter: (range) => whileOpen(async () => countIn(await reads.readAll(range), range)),
    subscribe: async function* (subscribed) {
      if (closing.signal.aborted) throw new StoreUnavailable('it has been closed');
      const { signal, letGo } = joinSignals(subscribed.signal, closing.signal);
      try {
        yield* followEventStoreDb({ connection, own, ...reads, silenceMs, onDropped }, { ...subscribed, signal });
      } finally {
        letGo();
      }
    },
    head: () => whileOpen(reads.head),
    close: () => (closed ??= close()),
  };
};
