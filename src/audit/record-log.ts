import type { Knex } from 'knex';
import type { EventHash, EventStore, Position } from '../event-store/port.ts';
import { isOutage } from '../event-store/outage.ts';
import { createBackoff, sleep } from '../platform/backoff.ts';
import { isSameHash, leafHash } from './formats/merkle.ts';
import { growTiles, hashAt, partialTiles, TILE_WIDTH, type Tile } from './formats/tiles.ts';
import {
  findDiscontinued,
  openTiles,
  readPartialTiles,
  readProgress,
  recordFailure,
  writeGrowth,
  type Progress,
  type StreamGrowth,
} from './log-tree.ts';

/** The log does not continue its record: it was changed, or an older copy of the log or of the record was restored. */
export class LogContradicts extends Error {
  override readonly name = 'LogContradicts';
}

/** How entries are counted: PostgreSQL numbers its events from 1 without a gap, EventStoreDB does not. */
export type Numbering = 'positions' | 'ordinals';

type LogLine = (facts: object, message: string) => void;

export type RecordLogDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readHashes'>;
  readonly numbering: Numbering;
  readonly log: { readonly info: LogLine; readonly warn: LogLine; readonly error: LogLine };
  /** Called whenever the tree has grown or is complete. Default: nothing is called. */
  readonly onProgress?: (progress: Progress) => Promise<void>;
  /** Pause when there is nothing to record, milliseconds. Default 2000: each pass has a price of its own. */
  readonly pauseMs?: number;
};

const BATCH_SIZE = 2_000;
/** How often the last recorded event is checked again: an older copy of the log may have been restored. */
const RECHECK_MS = 60_000;
/** A contradiction usually stays until a person repairs it, but it may have been an unfinished restore. */
const RETRY_MS = 30_000;

/** The 32-byte hash of an event: its entry in the tree. */
export const entryOf = (hash: string | null): Uint8Array | undefined =>
  hash !== null && /^[0-9a-f]{64}$/.test(hash) ? Buffer.from(hash, 'hex') : undefined;

type LogEntry = Pick<EventHash, 'stream' | 'revision'> & { readonly entry: Uint8Array };

const demandEntry = (event: EventHash): LogEntry => {
  const entry = entryOf(event.hash);
  if (entry === undefined) throw new LogContradicts(`${event.stream} revision ${event.revision} has no hash`);
  return { stream: event.stream, revision: event.revision, entry };
};

const demandNoGap = (hashes: readonly EventHash[], size: number): void => {
  for (const [index, { position, stream, revision }] of hashes.entries())
    if (position !== BigInt(size + index + 1))
      throw new LogContradicts(
        `entry ${size + index} is missing: the next event, ${stream} revision ${revision}, is at position ${position}`,
      );
};

/** The growth of each stream by these events, which must be consecutive. */
const growthOf = (entries: readonly LogEntry[]): readonly StreamGrowth[] => {
  const streams = new Map<string, StreamGrowth>();
  for (const { stream, revision, entry: lastHash } of entries) {
    const known = streams.get(stream);
    const at = Number(revision);
    if (known !== undefined && known.length !== at)
      throw new LogContradicts(`${stream} revision ${revision} follows revision ${known.length - 1}`);
    streams.set(stream, { stream, first: known?.first ?? at, length: at + 1, lastHash });
  }
  // Sorted, so that two processes lock the same rows in the same order.
  return [...streams.values()].toSorted((one, other) => (one.stream < other.stream ? -1 : 1));
};

/** Replaces the partial tiles of a tree by the tiles that grew. */
const edgeAfter = (edge: readonly Tile[], grown: readonly Tile[], size: number): readonly Tile[] =>
  partialTiles(size).flatMap(
    ({ level, n }) =>
      grown.findLast((tile) => tile.level === level && tile.n === n) ??
      edge.find((tile) => tile.level === level && tile.n === n) ??
      [],
  );

/** The last event that was recorded must still be where it was. @throws LogContradicts */
const demandLast = async ({ db, store }: RecordLogDeps, { size, position }: Progress): Promise<void> => {
  if (size === 0) return;
  const last = size - 1;
  const [tile, page] = await Promise.all([
    openTiles(db)({ level: 0, n: Math.floor(last / TILE_WIDTH), width: (last % TILE_WIDTH) + 1 }),
    store.readHashes({ after: position - 1n, limit: 1 }),
  ]);
  const [event] = page.hashes;
  const entry = event?.position === position ? entryOf(event.hash) : undefined;
  if (entry === undefined || !isSameHash(leafHash(entry), hashAt(tile, last % TILE_WIDTH)))
    throw new LogContradicts(`entry ${last}, the last one recorded, is no longer in the log`);
};

/**
 * The position before the first entry of a tile. For a tile that only grew, it is already known and not written again.
 */
const beforeEntries = ({ level, n }: Tile, from: Progress, hashes: readonly EventHash[]): Position | null => {
  const first = n * TILE_WIDTH - from.size;
  if (level > 0) return null;
  return first > 0 ? (hashes[first - 1]?.position ?? null) : from.position;
};

/** How far a process has recorded, and how far it has looked: behind the last event there may be many of others. */
type Reached = { readonly progress: Progress; readonly looked: Position; readonly edge: readonly Tile[] };

/**
 * Records the next events. Returns the new place, or undefined if another process has moved the progress.
 * @throws LogContradicts
 */
const recordNext = async ({ db, store, numbering }: RecordLogDeps, { progress: from, looked, edge }: Reached) => {
  const { hashes, position: reached, caughtUp } = await store.readHashes({ after: looked, limit: BATCH_SIZE });
  const position = hashes.at(-1)?.position;
  if (position === undefined) {
    if (from.failure !== null) await recordFailure(db, from, null);
    return { progress: { ...from, failure: null }, looked: reached, edge, caughtUp };
  }
  if (numbering === 'positions') demandNoGap(hashes, from.size);
  const entries = hashes.map(demandEntry);
  const streams = growthOf(entries);
  const size = from.size + hashes.length;
  const grown = growTiles(
    edge,
    from.size,
    entries.map(({ entry }) => leafHash(entry)),
  );
  const tiles = grown.map((tile) => ({ ...tile, afterPosition: beforeEntries(tile, from, hashes) }));
  if (await writeGrowth(db, { from, size, position, tiles, streams }))
    return {
      progress: { size, position, failure: null },
      looked: reached,
      edge: edgeAfter(edge, grown, size),
      caughtUp,
    };
  const discontinued = (await readProgress(db)).size === from.size ? await findDiscontinued(db, streams) : undefined;
  if (discontinued === undefined) return undefined;
  const { stream, first, recorded } = discontinued;
  throw new LogContradicts(`${stream} revision ${first} does not follow: ${recorded} of its events were recorded`);
};

/**
 * Records the log as it grows, until aborted: the hashes of its events as tiles of a Merkle tree, and the length of
 * each stream. Any number of processes may do this; the one that moves the progress writes. The record only grows: if
 * the log contradicts it, recording stops and the reason is recorded.
 */
export const recordLog = async (deps: RecordLogDeps, signal: AbortSignal): Promise<void> => {
  const { db, log, pauseMs = 2_000, onProgress = () => Promise.resolve() } = deps;
  const backoff = createBackoff({ minMs: 100, maxMs: 3_000 });
  const isOver = (): boolean => signal.aborted;

  /** Continues from the current progress until another process has moved it. */
  const follow = async (): Promise<void> => {
    const progress = await readProgress(db);
    await demandLast(deps, progress);
    const recheckAt = Date.now() + RECHECK_MS;
    let place: Reached = { progress, looked: progress.position, edge: await readPartialTiles(db, progress.size) };
    while (!isOver()) {
      const next = await recordNext(deps, place);
      if (next === undefined) return;
      const { size } = place.progress;
      place = next;
      backoff.reset();
      await onProgress(place.progress);
      if (!next.caughtUp && place.progress.size > size) continue;
      await sleep(pauseMs, signal);
      // Where another process has recorded more, or a crash has undone the work of this one, the next write finds it.
      if (isOver() || Date.now() > recheckAt) return;
    }
  };

  while (!isOver()) {
    try {
      await follow();
    } catch (error) {
      if (isOver()) return;
      if (isOutage(error)) {
        log.warn({ err: error }, 'recording of the log is paused: the event store or the database is unreachable');
        await sleep(backoff.nextDelayMs(), signal);
        continue;
      }
      const message = 'recording of the log has stopped; `npm run verify` shows the reason';
      log.error({ err: error }, message);
      await recordFailure(db, await readProgress(db), error instanceof Error ? error.message : String(error));
      await sleep(RETRY_MS, signal);
    }
  }
};

/** Records until the current end of the log. @throws LogContradicts if that is not possible */
export const waitForRecord = async (
  { db, store }: { readonly db: Knex; readonly store: Pick<EventStore, 'readHashes'> },
  signal: AbortSignal,
): Promise<Progress> => {
  for (;;) {
    const progress = await readProgress(db);
    if (progress.failure !== null) throw new LogContradicts(progress.failure);
    const { hashes } = await store.readHashes({ after: progress.position, limit: 1 });
    if (hashes.length === 0) return progress;
    await sleep(50, signal);
    signal.throwIfAborted();
  }
};
