import type { Client } from 'pg';
import { sleep } from '../../platform/backoff.ts';
import { joinSignals } from '../../platform/join-signals.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { createSilence, type Silence } from '../../platform/silence.ts';
import { KEEP_ALIVE, SESSION_SETTINGS } from '../../platform/session-settings.ts';
import { createAppendQueue } from './append-queue.ts';
import { createSignal } from '../signal.ts';
import { pollingSubscription } from '../polling-subscription.ts';
import { StoreUnavailable, type Appended, type EventStore, type ReadStreamOptions, type StoredEvent } from '../port.ts';
import { createWriteBatch, prepareAppend, type PreparedAppend } from './append.ts';
import { openSingleConnection } from './single-connection.ts';
import { openReader, SERVER_SHARE } from './reader.ts';
import { openPgNotifier } from './pg-notifier.ts';
import {
  countAfter,
  readHashes,
  readTexts,
  readHead,
  readPage,
  readStream,
  readStreams,
  sharePages,
  type Beginning,
} from './read.ts';

export type PostgresEventStoreOptions = {
  /** Connection string of a database that has been migrated. */
  readonly url: string;
  /** How long an append may take before it fails with StoreUnavailable, milliseconds. Default 5000. */
  readonly appendTimeoutMs?: number;
  /** How long a read may take, milliseconds. Default 10000. */
  readonly readTimeoutMs?: number;
  /** Connections for reading; appends and notifications have one more each. Default 4. */
  readonly poolSize?: number;
  /** A subscriber reads this often even without a notification, milliseconds. Default 1000. */
  readonly pollMs?: number;
  /** A subscriber that has just handled events pauses this long before it reads more, milliseconds. Default 20. */
  readonly restMs?: number;
  /** Shows in pg_stat_activity. Default `waybill-events`. */
  readonly applicationName?: string;
  /** Shared with the other pools of this process on the same server. Default: with none. */
  readonly silence?: Silence;
};

/** By index in index order whatever the statistics say, planned once: a plan made on an empty table must stay right. */
const PLANNING = '-c enable_seqscan=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c jit=off';

/** Reads that arrive together share one query of at most this many streams. */
const STREAMS_AT_ONCE = 64;

/** A limit up to which beginnings are read together. */
const SHORT_BEGINNING = 128;

const isFromTheFirst = ({ from, direction = 'forwards' }: ReadStreamOptions): boolean =>
  from === undefined && direction === 'forwards';

/** How long closing waits for a server that does not answer. */
const LONGEST_CLOSE_MS = 2_000;

/** Servers older than 17 do not know this limit. It ends a transaction whose client stopped right before its commit. */
const limitTransactions = async (client: Client, timeoutMs: number): Promise<void> => {
  await client.query(`select set_config(name, $1, false) from pg_settings where name = 'transaction_timeout'`, [
    String(timeoutMs),
  ]);
};

/** The event store in PostgreSQL. Connects when it is first used. */
export const openPostgresEventStore = (options: PostgresEventStoreOptions): EventStore => {
  const { url, appendTimeoutMs = 5_000, readTimeoutMs = 10_000, poolSize = 4, pollMs = 1_000, restMs = 20 } = options;
  const silence = options.silence ?? createSilence();
  const config = {
    connectionString: url,
    application_name: options.applicationName ?? 'waybill-events',
    ...KEEP_ALIVE,
    options: `${PLANNING} ${SESSION_SETTINGS}`,
  };
  const closing = new AbortController();
  const appended = createSignal();
  const reader = openReader({ config, size: poolSize, timeoutMs: readTimeoutMs, silence });
  const notifier = openPgNotifier({ config, timeoutMs: readTimeoutMs, appended, silence });
  const writing = openSingleConnection({
    config: { ...config, statement_timeout: appendTimeoutMs * SERVER_SHARE },
    timeoutMs: appendTimeoutMs,
    silence,
    prepare: (client) => limitTransactions(client, appendTimeoutMs),
  });
  const readPageTogether = sharePages(appended, (page) => readPage(reader, page));
  const together = () =>
    coalesce<Beginning, readonly StoredEvent[]>((wanted) => readStreams(reader, wanted), { maxBatch: STREAMS_AT_ONCE });
  // Apart: a caller that wants the beginning of a stream must not wait for whole streams that others read.
  const [readBeginning, readWhole] = [together(), together()];
  const writeBatch = createWriteBatch(writing);
  const queue = createAppendQueue<PreparedAppend, Appended>({
    timeoutMs: appendTimeoutMs,
    write: async (batch) => {
      const outcomes = await writeBatch(batch);
      appended.raise();
      notifier.announce();
      return outcomes;
    },
  });

  const throwWhenClosed = (): void => {
    if (closing.signal.aborted) throw new StoreUnavailable('it has been closed');
  };
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    throwWhenClosed();
    return question();
  };

  return {
    append: (stream, events, expected) => ask(() => queue.append(prepareAppend(stream, events, expected))),
    readStream: (stream, range = {}) =>
      ask(() => {
        const { limit } = range;
        if (!isFromTheFirst(range)) return readStream(reader, stream, range);
        if (limit === undefined) return readWhole({ stream, limit });
        return limit <= SHORT_BEGINNING ? readBeginning({ stream, limit }) : readStream(reader, stream, range);
      }),
    readAll: (range) => ask(() => readPage(reader, range)),
    readHashes: (range) => ask(() => readHashes(reader, range)),
    readTexts: (range) => ask(() => readTexts(reader, range)),
    countAfter: (range) => ask(() => countAfter(reader, range)),
    subscribe: async function* (subscription) {
      throwWhenClosed();
      notifier.listen();
      const { signal, letGo } = joinSignals(subscription.signal, closing.signal);
      const { prefixes } = subscription;
      try {
        yield* pollingSubscription({
          ...subscription,
          signal,
          appended,
          pollMs,
          restMs,
          readPage: (after, limit) => readPageTogether({ after, limit, prefixes }),
        });
      } finally {
        letGo();
      }
    },
    head: () => ask(() => readHead(reader)),
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      await queue.drained();
      const waiting = new AbortController();
      const closed = Promise.all([writing.close(), notifier.close(), reader.end()]);
      await Promise.race([closed, sleep(LONGEST_CLOSE_MS, waiting.signal)]);
      waiting.abort();
    },
  };
};
