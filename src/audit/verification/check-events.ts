import { chainHash, isHashedText } from '../../event-store/hash-chain.ts';
import type { EventStore, EventText, JsonObject, Position } from '../../event-store/port.ts';
import { HASH_BYTES, isSameHash, leafHash, type GrowingTree, type Hash } from '../formats/merkle.ts';
import { hashAt, TILE_WIDTH, type ReadTile } from '../formats/tiles.ts';
import { entryOf, type Numbering } from '../record-log.ts';
import { saidHash } from './readable.ts';
import type { Findings } from './finding.ts';

/** An entry that differs from the recorded one. */
export type Mismatch = {
  readonly index: number;
  readonly stream: string;
  readonly revision: number;
  /** Leaf hashes, hex: of the event in the log, and of the recorded one. */
  readonly found: string;
  readonly recorded: string;
  /** The event itself is unchanged, but an earlier event of its stream was changed. */
  readonly isConsequence: boolean;
};

/** A stream up to the last event that was read. */
export type StreamSeen = {
  length: number;
  /** The hash in its last event. */
  last: string | null;
  /** The last event differs from the recorded one. */
  isBad: boolean;
  /** As it was at the end of the record, where events have come after that. */
  recorded?: Pick<StreamSeen, 'length' | 'last' | 'isBad'>;
};

export type EventsChecked = {
  /** Number of entries in the log, including missing ones. */
  readonly count: number;
  readonly streams: ReadonlyMap<string, StreamSeen>;
  readonly mismatches: readonly Mismatch[];
  /** Leaf hashes, hex, of events after the end of the record. */
  readonly behind: ReadonlySet<string>;
  /** Indices that no event has. */
  readonly missing: readonly number[];
  /** Revisions that no event has, by stream. */
  readonly gaps: ReadonlyMap<string, ReadonlySet<number>>;
  /** Tiles of entries that are not what was recorded. */
  readonly differing: ReadonlySet<number>;
};

export type CheckEventsOptions = {
  readonly store: Pick<EventStore, 'readTexts' | 'readStream' | 'readHashes'>;
  readonly numbering: Numbering;
  /** Where to begin: an index, and the position of the event before it. */
  readonly start: { readonly index: number; readonly after: Position };
  /** Number of recorded entries. */
  readonly size: number;
  readonly readTile: ReadTile;
  /** Grows by the events in the log. */
  readonly tree: GrowingTree;
  readonly findings: Findings;
  /** Called after each event, with the number of entries so far. */
  readonly onEvent: (event: EventText, count: number) => void;
  readonly onProgress: (count: number) => Promise<void> | void;
  readonly signal: AbortSignal;
};

const BATCH_SIZE = 1_000;
/** Limit of each list: a log with more errors than this needs no longer list. */
const KEPT = 100_000;
const NO_ENTRY = new Uint8Array(HASH_BYTES);

const hex = (hash: Hash): string => Buffer.from(hash).toString('hex');

/** An event that has no hash at all, such as `null` or half a surrogate pair, must not end the verification. */
const isHashed = (event: EventText, previous: string | null): boolean => {
  if (isHashedText(event, previous)) return true;
  try {
    const [data, metadata] = [JSON.parse(event.data), JSON.parse(event.metadata)] as [JsonObject, JsonObject];
    return event.hash === chainHash({ ...event, data, metadata }, previous);
  } catch {
    return false;
  }
};

/**
 * Reads the log once, in order, from its beginning or from an entry on, and compares every event with its own hash, with the previous event of its
 * stream, and with the record. It keeps about 150 bytes for each stream.
 */
export const checkEvents = async (options: CheckEventsOptions): Promise<EventsChecked> => {
  const { store, numbering, start, size, readTile, tree, findings, onEvent, onProgress, signal } = options;
  const streams = new Map<string, StreamSeen>();
  const mismatches: Mismatch[] = [];
  const missing: number[] = [];
  const behind = new Set<string>();
  const gaps = new Map<string, Set<number>>();
  const differing = new Set<number>();
  let tile: { readonly n: number; readonly hashes: Uint8Array } | undefined;

  const recordedAt = (index: number): Hash | undefined | Promise<Hash> => {
    if (index >= size) return undefined;
    const n = Math.floor(index / TILE_WIDTH);
    return tile?.n === n ? hashAt(tile, index % TILE_WIDTH) : readRecorded(index, n);
  };
  const readRecorded = async (index: number, n: number): Promise<Hash> => {
    const width = Math.min(TILE_WIDTH, size - n * TILE_WIDTH);
    const { hashes } = await readTile({ level: 0, n, width }).catch(() => ({
      hashes: new Uint8Array(width * HASH_BYTES),
    }));
    tile = { n, hashes };
    return hashAt(tile, index % TILE_WIDTH);
  };

  const noteGap = (stream: string, from: number, to: number): void => {
    if (from >= to) return;
    const known = gaps.get(stream) ?? new Set();
    for (let revision = from; revision < to && known.size < KEPT; revision++) known.add(revision);
    gaps.set(stream, known);
  };

  /** The hash in the previous event of the stream; undefined: that event is missing. */
  const previousOf = (
    stream: string,
    revision: number,
    seen: StreamSeen | undefined,
  ): string | null | undefined | Promise<string | null | undefined> => {
    if (revision === 0) return null;
    return seen?.length === revision ? seen.last : readPrevious(stream, revision);
  };
  const readPrevious = async (stream: string, revision: number): Promise<string | null | undefined> => {
    const [before] = await store.readStream(stream, { from: BigInt(revision - 1), limit: 1 });
    return before?.revision === BigInt(revision - 1) ? saidHash(before) : undefined;
  };

  type Known = {
    readonly previous: string | null | undefined;
    readonly recorded: Hash | undefined;
    readonly seen: StreamSeen | undefined;
  };

  const compare = (event: EventText, index: number, { previous, recorded, seen }: Known): void => {
    const { stream, hash: said } = event;
    const revision = Number(event.revision);
    const length = seen?.length ?? 0;
    if (seen !== undefined || start.index === 0) noteGap(stream, length, revision);
    // The stream began before the first entry that is read: only the event before this one is looked for.
    else if (previous === undefined) noteGap(stream, revision - 1, revision);
    if (gaps.size > 0) gaps.get(stream)?.delete(revision);

    const entry = entryOf(said);
    const isItself = previous !== undefined ? isHashed(event, previous) : entry !== undefined;
    const leaf = leafHash(entry ?? NO_ENTRY);
    tree.append(leaf);
    if (recorded === undefined && behind.size < KEPT) behind.add(hex(leaf));
    const isRecorded = recorded === undefined || isSameHash(leaf, recorded);
    const isConsequence = seen?.isBad === true && seen.length === revision;
    if (!isRecorded) {
      differing.add(Math.floor(index / TILE_WIDTH));
      const found = { index, stream, revision, found: hex(leaf), recorded: hex(recorded), isConsequence };
      if (mismatches.length < KEPT) mismatches.push(found);
    } else if (!isItself) {
      const kind = isConsequence ? 'chain' : 'changed';
      const detail = isConsequence
        ? 'it does not follow from the event before it'
        : 'its content does not match its hash';
      findings.add({ kind, stream, revision, index, detail });
    }
    if (revision < length) return;
    const now = { length: revision + 1, last: said, isBad: !isRecorded };
    if (index < size) {
      if (seen === undefined) streams.set(stream, now);
      else Object.assign(seen, now);
      return;
    }
    const { length: before = 0, last = null, isBad = false } = seen ?? {};
    streams.set(stream, { ...now, recorded: seen?.recorded ?? { length: before, last, isBad } });
  };

  /** Most events are compared at once: to wait for each would cost as much as its hash. */
  const check = (event: EventText, index: number): undefined | Promise<void> => {
    const seen = streams.get(event.stream);
    const previous = previousOf(event.stream, Number(event.revision), seen);
    const recorded = recordedAt(index);
    if (!(previous instanceof Promise) && !(recorded instanceof Promise)) {
      compare(event, index, { previous, recorded, seen });
      return undefined;
    }
    return (async () => compare(event, index, { previous: await previous, recorded: await recorded, seen }))();
  };

  let count = start.index;
  const skipTo = (index: number): void => {
    for (; count < index; count++) {
      if (missing.length < KEPT) missing.push(count);
      differing.add(Math.floor(count / TILE_WIDTH));
      tree.append(leafHash(NO_ENTRY));
    }
  };

  if (numbering === 'positions' && start.index === 0) {
    const { hashes } = await store.readHashes({ after: -(2n ** 62n), limit: 1 });
    for (const { position, stream, revision } of hashes.filter((first) => first.position < 1n))
      findings.add({
        kind: 'inserted',
        stream,
        revision: Number(revision),
        detail: `it is at position ${position}, before the first event`,
      });
  }
  const read = (after: Position) => store.readTexts({ after, limit: BATCH_SIZE });
  let next = read(start.after);
  for (let caughtUp = false; !caughtUp;) {
    signal.throwIfAborted();
    const page = await next;
    ({ caughtUp } = page);
    if (!caughtUp) {
      next = read(page.position); // the store works while this page is checked
      next.catch(() => undefined); // it is awaited in its turn, unless this page fails before
    }
    for (const event of page.events) {
      if (numbering === 'positions') skipTo(Number(event.position) - 1);
      const checked = check(event, count);
      if (checked !== undefined) await checked;
      count += 1;
      onEvent(event, count);
    }
    await onProgress(count);
  }
  return { count, streams, mismatches, behind, missing, gaps, differing };
};
