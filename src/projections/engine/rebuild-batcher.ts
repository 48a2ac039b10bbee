import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { Batch, EventStore, Position } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { RebuildInProgress } from './failures.ts';
import { changesOf, foldEvents, keysToLoad, openEvents, type Changes, type Entries, type Entry } from './fold.ts';
import type { Projection } from './projection.ts';
import { loadRows, writeRows } from './rows.ts';
import type { Shadow } from './shadow-table.ts';

export type RebuildDeps = {
  /** Needs at least four connections: the lock, the swap, and what the store and the codec take meanwhile. */
  readonly db: Knex;
  readonly store: EventStore;
  readonly codec: Pick<Codec, 'decode'>;
  /** Gives up, leaving the read model as it was. */
  readonly signal?: AbortSignal;
  /** Rows kept in memory at most. Default 50 000. */
  readonly cachedRows?: number;
  /** Events read at a time. Default 1000. */
  readonly pageSize?: number;
};

/** Folds the log into a shadow table, keeping rows that are still changing in memory as long as there is room. */
export type RebuildBatcher = {
  /** Reads on to the end of the log, or at least to `until`. */
  readonly fill: (until?: Position) => Promise<void>;
  /** Writes what is only in memory so far. */
  readonly flush: () => Promise<void>;
  readonly position: () => Position;
  readonly events: () => number;
};

const ROWS_PER_WRITE = 1_000;
/** Share of the rows in memory that is written and dropped when there are too many: those unchanged for longest. */
const EVICTED_SHARE = 0.25;

/** Changes of one flush in pieces of the size that one statement should have; removals and counts are the last piece. */
const split = ({ upserts, removals, counters }: Changes): readonly Changes[] => {
  const pieces: Changes[] = [];
  for (let start = 0; start < upserts.length; start += ROWS_PER_WRITE)
    pieces.push({ upserts: upserts.slice(start, start + ROWS_PER_WRITE), removals: [], counters: [] });
  return [...pieces, { upserts: [], removals, counters }];
};

export const createRebuildBatcher = (
  projection: Projection,
  { target, epoch }: Shadow,
  deps: RebuildDeps,
): RebuildBatcher => {
  const { db, store, codec, signal, cachedRows = 50_000, pageSize = 1_000 } = deps;
  const entries: Entries = new Map();
  let position: Position = 0n;
  let written: Position = 0n;
  let events = 0;
  /** The write of rows that are no longer in memory. */
  let writing: Promise<void> = Promise.resolve();

  const write = async (rows: readonly (readonly [string, Entry])[], to: Position): Promise<void> => {
    for (const changes of split(changesOf(projection, rows))) {
      const move = { epoch, from: written, to };
      if (!(await writeRows(db, { projection, target, move, changes })))
        throw new RebuildInProgress(`the rebuild of ${projection.name} was taken over by another one`);
      written = to;
    }
  };

  const flush = async (): Promise<void> => {
    await writing;
    await write([...entries], position);
    for (const [key, { current }] of entries) entries.set(key, { stored: current, current });
  };

  /** The write runs while the next events are being opened. */
  const evict = async (): Promise<void> => {
    await writing;
    const oldest = [...entries].slice(0, Math.ceil(cachedRows * EVICTED_SHARE));
    for (const [key] of oldest) entries.delete(key);
    writing = write(oldest, position);
    writing.catch(() => undefined); // the next to await it gets the error
  };

  /** Loads rows that were written and dropped, and now change again. */
  const recall = async (recorded: readonly Recorded[]): Promise<void> => {
    const missing = [...keysToLoad(projection, recorded)].filter((key) => !entries.has(key));
    if (missing.length > 0) await writing;
    for (const [key, entry] of await loadRows(db, projection, target, missing)) entries.set(key, entry);
  };

  const handle = async ({ events: stored, position: reached }: Batch): Promise<void> => {
    const recorded = await openEvents(projection, codec, stored);
    await recall(recorded);
    foldEvents(projection, entries, recorded);
    events += recorded.length;
    position = reached;
    if (entries.size > cachedRows) await evict();
  };

  const read = (after: Position): Promise<Batch> => {
    const page = store.readAll({ after, limit: pageSize, prefixes: projection.prefixes });
    page.catch(() => undefined); // read ahead: the caller gets the error when it awaits the page
    return page;
  };

  const fill = async (until?: Position): Promise<void> => {
    if (until !== undefined && position >= until) return;
    for (let page = read(position); ;) {
      signal?.throwIfAborted();
      const batch = await page;
      const isLast = batch.caughtUp || (until !== undefined && batch.position >= until);
      if (!isLast) page = read(batch.position);
      await handle(batch);
      if (isLast) return;
    }
  };

  return { fill, flush, position: () => position, events: () => events };
};
