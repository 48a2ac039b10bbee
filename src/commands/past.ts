import type { DomainEvent } from '../domain/events.ts';
import type { Fact, Fold } from '../domain/shared/decider.ts';
import type { Codec } from '../event-store/codec.ts';
import type { EventStore, JsonObject, JsonValue, Revision, StoredEvent } from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';
import type { Snapshot, Snapshots } from '../event-store/snapshots.ts';
import { isAuditStream } from '../event-store/stream-names.ts';

/** The folded state of earlier events of a stream, so that they need not be read. */
export type Base<S> = {
  readonly revision: Revision;
  readonly state: S;
  readonly customer_id: string | null;
  readonly marks: Buffer;
};

/** The state of a stream that a decision needs. */
export type Past<S> = {
  /** Undefined: the events begin with the first of the stream. */
  readonly base: Base<S> | undefined;
  /** In order. Those after a base begin with its own last one, which the next event's hash builds on. */
  readonly events: readonly Recorded[];
};

/** The state of a stream without events. */
export const NO_PAST: Past<never> = { base: undefined, events: [] };

/** Folds a stream. Which aggregate's events it holds is decided by the stream's name alone, hence the cast. */
export const fold = <E extends DomainEvent, S>(
  { initialState, evolve }: Fold<E, S>,
  events: readonly Recorded[],
  from: S = initialState,
): S => events.reduce((state, { fact }) => evolve(state, fact as Fact<E>), from);

/** The state after all that is known. */
export const foldPast = <E extends DomainEvent, S>(folding: Fold<E, S>, { base, events }: Past<S>): S =>
  base === undefined
    ? fold(folding, events)
    : fold(
        folding,
        events.filter(({ revision }) => revision > base.revision),
        base.state,
      );

/** The customer that an event names, if it names one. */
const customerNamedBy = (first: { readonly data: object } | undefined): string | undefined =>
  first !== undefined && 'customer_id' in first.data && typeof first.data.customer_id === 'string'
    ? first.data.customer_id
    : undefined;

/**
 * The customer whose key seals what is appended: the one that the first event of the stream names. What is appended to an
 * audit stream names its own customer, because the events of the stream are of many.
 */
export const customerOf = (
  stream: string,
  { base, events }: Past<unknown>,
  appended: readonly DomainEvent[],
): string | undefined =>
  isAuditStream(stream)
    ? customerNamedBy(appended[0])
    : (base?.customer_id ?? customerNamedBy(events[0]?.fact ?? appended[0]));

const MARK_BYTES = 8;

const markOf = (id: string): Buffer => Buffer.from(id.replaceAll('-', '').slice(0, 2 * MARK_BYTES), 'hex');

/**
 * The beginnings of the ids of events: enough to tell that an event is not among them. One that seems to be is looked
 * for in the events themselves.
 */
const marksOf = (events: readonly Recorded[]): Buffer => Buffer.concat(events.map(({ id }) => markOf(id)));

export const mayHold = ({ marks }: Pick<Base<unknown>, 'marks'>, id: string): boolean => {
  const mark = markOf(id);
  for (let at = marks.indexOf(mark); at >= 0; at = marks.indexOf(mark, at + 1)) if (at % MARK_BYTES === 0) return true;
  return false;
};

/**
 * Reads a stream, up to and including a revision. A fold with a name is begun from a snapshot where the stream is long.
 */
export type LoadPast = {
  <E extends DomainEvent, S>(folding: Fold<E, S>, stream: string, until?: Revision): Promise<Past<S>>;
};

export type LoadPastDeps = {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
  /** Undefined: every stream is read whole. */
  readonly snapshots?: Snapshots | undefined;
  /**
   * A stream of at most so many events is read whole, in one step; after so many events more the next snapshot is
   * taken. Default 64.
   */
  readonly short?: number;
};

/** Streams remembered to be long: they are not read from the beginning to find that out. */
const MOST_REMEMBERED = 10_000;

/** The data key of the first event that has personal data. */
const keyIn = (events: readonly StoredEvent[]): string | undefined => {
  const keyOf = ({ personal }: JsonObject): string | undefined =>
    typeof personal === 'object' && personal !== null && 'key' in personal && typeof personal.key === 'string'
      ? personal.key
      : undefined;
  for (const { data, metadata } of events) {
    const key = keyOf(data) ?? keyOf(metadata);
    if (key !== undefined) return key;
  }
  return undefined;
};

const limitOf = (until: Revision | undefined, from = 0n): { readonly limit?: number } =>
  until === undefined ? {} : { limit: Number(until - from) + 1 };

export const createLoadPast = ({ store, codec, snapshots, short = 64 }: LoadPastDeps): LoadPast => {
  const long = new Set<string>();
  const saving = new Set<string>();

  const remember = (stream: string): void => {
    if (long.size === MOST_REMEMBERED) long.clear();
    long.add(stream);
  };

  type Reach = { readonly stream: string; readonly until: Revision | undefined };

  /** The stream whole where it is short, and else its beginning; nothing where it is known to be long. */
  const readBeginning = async ({ stream, until }: Reach) => {
    if (long.has(stream) && (until === undefined || until > short)) return { beginning: [], isLong: true };
    const { limit = Infinity } = limitOf(until);
    const beginning = await store.readStream(stream, { limit: Math.min(limit, short + 1) });
    const isLong = beginning.length > short && limit > beginning.length;
    if (isLong) remember(stream);
    return { beginning, isLong };
  };

  const readOn = async (beginning: readonly StoredEvent[], { stream, until }: Reach) => {
    const from = BigInt(beginning.length);
    const rest = await store.readStream(stream, { ...(from > 0n && { from }), ...limitOf(until, from) });
    return [...beginning, ...rest];
  };

  /** The events after a snapshot; undefined if the stream does not have the last event of the snapshot. */
  const readAfter = async ({ revision, hash }: Snapshot, { stream, until }: Reach) => {
    const events = await store.readStream(stream, { from: revision, ...limitOf(until, revision) });
    const [last] = events;
    return last?.revision === revision && last.metadata['hash'] === hash ? events : undefined;
  };

  const findSnapshot = async ({ find }: Snapshots, name: string, reach: Reach) => {
    // One that cannot be read is as good as none: the events are all there.
    const found = await find(name, reach.stream).catch(() => undefined);
    if (found === undefined || (reach.until !== undefined && reach.until < found.revision)) return undefined;
    const stored = await readAfter(found, reach);
    return stored && { found, stored };
  };

  /** Not waited for, and not missed: the next reader tries again. */
  const keep = (to: Snapshots, name: string, stream: string, snapshot: Snapshot): void => {
    if (saving.has(stream)) return;
    saving.add(stream);
    to.save(name, stream, snapshot)
      .catch(() => undefined)
      .finally(() => saving.delete(stream));
  };

  type Long = { readonly kept: Snapshots; readonly name: string; readonly beginning: readonly StoredEvent[] };

  const loadLong = async <E extends DomainEvent, S>(
    folding: Fold<E, S>,
    reach: Reach,
    { kept, name, beginning }: Long,
  ): Promise<Past<S>> => {
    const snapshot = await findSnapshot(kept, name, reach);
    const stored = snapshot?.stored ?? (await readOn(beginning, reach));
    const events = await codec.decode(stored);
    // A fold's own state, as JSON: the seal says that this fold, by this code, made it.
    const base = snapshot && { ...snapshot.found, state: snapshot.found.state as S };
    const past: Past<S> = { base, events };
    const last = events.at(-1);
    const key_id = snapshot?.found.key_id ?? keyIn(stored);
    const isNewest = reach.until === undefined;
    if (isNewest && last !== undefined && key_id !== undefined && events.length > short) {
      const added = marksOf(base === undefined ? events : events.slice(1));
      keep(kept, name, reach.stream, {
        revision: last.revision,
        hash: last.metadata.hash,
        state: foldPast(folding, past) as JsonValue, // states of named folds are JSON
        customer_id: base?.customer_id ?? customerNamedBy(events[0]?.fact) ?? null,
        marks: base === undefined ? added : Buffer.concat([base.marks, added]),
        key_id,
      });
    }
    return past;
  };

  return async <E extends DomainEvent, S>(folding: Fold<E, S>, stream: string, until?: Revision): Promise<Past<S>> => {
    const { name } = folding;
    if (snapshots === undefined || name === undefined)
      return { base: undefined, events: await codec.decode(await store.readStream(stream, limitOf(until))) };
    const { beginning, isLong } = await readBeginning({ stream, until });
    return isLong
      ? loadLong(folding, { stream, until }, { kept: snapshots, name, beginning })
      : { base: undefined, events: await codec.decode(beginning) };
  };
};
