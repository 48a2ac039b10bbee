/**
 * The event store as the rest of Waybill sees it: append, five ways to read, a count, the head, close, and two errors.
 * The tests in `test/contract/event-store.ts` say what an implementation must do.
 */

/** 0-based place of an event in its stream. */
export type Revision = bigint;
/** Place of an event in the one total order of the store. Increases, need not be contiguous. */
export type Position = bigint;

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

/** An event as stored: personal data sealed, hash computed (see `codec.ts`). */
export type NewEvent = {
  /** UUID. Deterministic per command, so that an append can be repeated safely. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  /** The same as JSON, where it is known: a store that keeps texts keeps these. */
  readonly texts?: EventTexts;
};

export type EventTexts = { readonly data: string; readonly metadata: string };

export type StoredEvent = Omit<NewEvent, 'texts'> & {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
};

/** The condition of an append: that the stream does not exist, or that its last revision is exactly this. */
export type ExpectedRevision = 'no_stream' | Revision;

/** A page or batch that has reached this size is closed, whatever its limit: large events must not fill the memory of readers. */
export const PAGE_BYTES = 8_000_000;

/** No store takes more data and metadata in one append: every reader of an event must be able to hold it. 16 MiB. */
export const MAX_APPEND_BYTES = 16 * 1024 * 1024;

export type Appended = {
  /** Revision and position of the last event of this append. */
  readonly revision: Revision;
  readonly position: Position;
};

export type ReadStreamOptions = {
  /** First revision to read, inclusive. Default: the first, or the last when reading backwards. */
  readonly from?: Revision;
  readonly direction?: 'forwards' | 'backwards';
  /** Default: everything. */
  readonly limit?: number;
};

export type SubscribeOptions = {
  /** Starts with the first event after this position; `0n` is before the first event of the store. */
  readonly after: Position;
  /** Stream name prefixes, e.g. `order-`; `''` is every stream. An event of any other stream is skipped. */
  readonly prefixes: readonly string[];
  /** Ends the iteration, normally and soon. */
  readonly signal: AbortSignal;
  /** Most events handed over in one batch. Default 500. */
  readonly batchSize?: number;
};

/**
 * The items of a subscription. `position` of a batch is where a consumer that has handled it stands: it may lie beyond
 * the last event (everything skipped up to there matched no prefix). `events` may be empty: then only the position moves.
 * `caughtUp`: there was nothing after `position` when this was read.
 */
export type Batch = {
  readonly events: readonly StoredEvent[];
  readonly position: Position;
  readonly caughtUp: boolean;
};

export type ReadAllOptions = {
  readonly after: Position;
  readonly limit: number;
  readonly prefixes: readonly string[];
};

export type Counted = {
  readonly count: number;
  /** ISO 8601. Undefined where there is none, or it does not say so. */
  readonly since: string | undefined;
};

export type CountOptions = ReadAllOptions & {
  /** Only events of these types. Default: every type. */
  readonly types?: ReadonlySet<string>;
};

/** Counts of the read of a page. */
export const countIn = ({ events }: Pick<Batch, 'events'>, { types }: Pick<CountOptions, 'types'>): Counted => {
  const counted = types === undefined ? events : events.filter(({ type }) => types.has(type));
  const since = counted[0]?.metadata['recorded_at'];
  return { count: counted.length, since: typeof since === 'string' ? since : undefined };
};

/** Which event it is, and the hash it was stored with; null where it has none. */
export type EventHash = Pick<StoredEvent, 'stream' | 'revision' | 'position'> & { readonly hash: string | null };

export type HashPage = Omit<Batch, 'events'> & { readonly hashes: readonly EventHash[] };

/** An event as it is stored, its JSON unread. `hash`: the one that it says it has; null where it says none. */
export type EventText = Omit<StoredEvent, 'data' | 'metadata'> & {
  readonly data: string;
  readonly metadata: string;
  readonly hash: string | null;
};

export type TextPage = Omit<Batch, 'events'> & { readonly events: readonly EventText[] };

export type EventStore = {
  /**
   * Appends to one stream, all or nothing. Repeating an append with the same event ids, hashes and expected revision
   * after it succeeded answers the same, and writes nothing; other events under the same ids are rejected.
   * @throws RangeError when there are no events to append: such an append has no position to answer
   * @throws AppendTooLarge when the events are larger than the store takes, at most `MAX_APPEND_BYTES`
   * @throws WrongExpectedRevision when the last revision of the stream is not `expected`
   * @throws StoreUnavailable when the store cannot be reached in time; whether anything was written is then unknown
   */
  readonly append: (stream: string, events: readonly NewEvent[], expected: ExpectedRevision) => Promise<Appended>;

  /** Events of one stream in revision order (or backwards). An unknown stream is empty. */
  readonly readStream: (stream: string, options?: ReadStreamOptions) => Promise<readonly StoredEvent[]>;

  /**
   * The next matching events after a position, at most `limit`, in total order, and the position up to which
   * was read. Where few match, or events are large, there may be fewer, even none, before the end: read on from `position` until `caughtUp`.
   */
  readonly readAll: (options: ReadAllOptions) => Promise<Batch>;

  /**
   * The hashes of the next events of all streams after a position, in total order: what a witness of the log remembers.
   * As many as asked for, unless the log ends before. No event is read whole where the store can help it.
   */
  readonly readHashes: (options: Pick<ReadAllOptions, 'after' | 'limit'>) => Promise<HashPage>;

  /** What `readAll` reads of all streams, unread: for a verification, which reads all there is. */
  readonly readTexts: (options: Pick<ReadAllOptions, 'after' | 'limit'>) => Promise<TextPage>;

  /**
   * Every matching event after a position, once, in total order, for as long as the signal is not aborted. Pull-based:
   * nothing is buffered beyond a bounded read-ahead. A lost connection is resumed from the last yielded position.
   */
  readonly subscribe: (options: SubscribeOptions) => AsyncIterable<Batch>;

  /**
   * How many matching events come after a position, and when the first of them was recorded. Counted up to `limit`, and not
   * on for ever where few match. For figures of lag: no event is read whole where the store can help it.
   */
  readonly countAfter: (options: CountOptions) => Promise<Counted>;

  /** Position of the newest event in the store, `0n` when it is empty. */
  readonly head: () => Promise<Position>;

  /** Ends running subscriptions and lets appends finish. Later calls fail with StoreUnavailable. */
  readonly close: () => Promise<void>;
};

export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: ExpectedRevision,
  ) {
    super(`stream ${stream}: expected ${String(expected)}, found ${String(actual)}`);
  }
}

/** More than the store keeps in one append, which nothing was written of. */
export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';
  constructor(
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`an append of ${bytes} bytes is larger than the ${maxBytes} bytes that the event store accepts`);
  }
}

/** The store cannot be reached, or did not answer within its time limit. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  constructor(reason: string, options?: ErrorOptions) {
    super(`event store unavailable: ${reason}`, options);
  }
}
