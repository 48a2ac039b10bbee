import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { Batch, EventStore, Position } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { datesOf, dayCounters, daysFrom, utcDay, type DayBegun, type DayOf } from './calendar.ts';
import { jsonSize } from '../../platform/json-size.ts';
import { RebuildInProgress } from './failures.ts';
import { learn, openKnown, type Known } from './known.ts';
import {
  asStored,
  changesOf,
  foldEvents,
  keysToLoad,
  openEvents,
  type Changes,
  type Entries,
  type Folded,
} from './fold.ts';
import { keyOf, plainRow, type Entry, type Projection, type Row } from './projection.ts';
import { columnsOf, endOfFitting, loadRows, writeRows } from './rows.ts';
import type { Shadow } from './shadow-table.ts';

/** `events`: folded by this process. `position`: up to where. */
export type Progress = { readonly events: number; readonly position: Position };

export type RebuildDeps = {
  /** Needs at least five connections: the lock, the swap, a write, and what the store and the codec take meanwhile. */
  readonly db: Knex;
  readonly store: EventStore;
  readonly codec: Pick<Codec, 'decode' | 'blindIndex'>;
  /** Gives up, leaving the read model as it was. */
  readonly signal?: AbortSignal;
  /** Rows kept in memory at most. Default 50 000. */
  readonly cachedRows?: number;
  /** About how many bytes these rows may have together. Default 8 MB: in memory they take ten times as much. */
  readonly cachedBytes?: number;
  /** Events read at a time. Default 500. */
  readonly pageSize?: number;
  /** The shop's days. Default: of UTC. */
  readonly dayOf?: DayOf;
  /** Without a word of this process for so long, another may rebuild. Milliseconds, default 10 000. */
  readonly leaseMs?: number;
  /** Told after each page of the log. */
  readonly onProgress?: (progress: Progress) => void;
  /** Part of each write. `progress`: what is stored with it. */
  readonly alsoWrite?: (tx: Knex, progress: Progress) => Promise<void>;
};

/** Folds the log into a shadow table, keeping rows that are still changing in memory as long as there is room. */
export type RebuildBatcher = {
  /** Reads on to the end of the log, or at least to `until`. */
  readonly fill: (until?: Position) => Promise<void>;
  /** Reads on to exactly this position. */
  readonly fillTo: (end: Position) => Promise<void>;
  /** Writes what is only in memory so far. */
  readonly flush: () => Promise<void>;
  readonly position: () => Position;
  readonly events: () => number;
};

const ROWS_PER_WRITE = 1_000;
const BYTES_PER_WRITE = 8_000_000;
/** What a row takes besides what its events brought. */
const BYTES_OF_A_ROW = 500;
/** Share of the rows in memory that stays when there are too many: the others, unchanged for longest, are dropped. */
const KEPT_SHARE = 0.5;

/**
 * Changes of one flush in pieces of the size that one statement should have; removals, counts and sums are the last piece.
 * What comes beside the rows goes into shared tables: one statement, so that it takes their locks in order, and the last
 * one with rows, so that it holds them briefly.
 */
const split = (
  projection: Projection,
  { upserts, beside, generation, removals, counters, sums }: Changes,
): readonly Changes[] => {
  const pieces: Row[][] = [];
  let bytes = BYTES_PER_WRITE;
  for (const folded of upserts) {
    const row = plainRow(projection, folded); // all that is sent counts, also what the row works out
    if (bytes >= BYTES_PER_WRITE || (pieces.at(-1)?.length ?? 0) >= ROWS_PER_WRITE) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(row);
    bytes += jsonSize(row);
  }
  return [
    ...pieces.map((rows, n): Changes => {
      const isLast = n === pieces.length - 1;
      const also = beside !== undefined && { beside: isLast ? beside : [], generation };
      return { upserts: rows, ...also, removals: [], counters: [], sums: [] };
    }),
    { upserts: [], removals, counters, sums },
  ];
};

export const createRebuildBatcher = (
  projection: Projection,
  { target, epoch, ...begin }: Shadow,
  deps: RebuildDeps,
): RebuildBatcher => {
  const {
    db,
    store,
    codec,
    signal,
    cachedRows = 50_000,
    cachedBytes = 8_000_000,
    pageSize = 500,
    dayOf = utcDay,
  } = deps;
  const entries: Entries = new Map();
  const sizes = new Map<string, number>();
  let bytes = 0;
  let { position, reached } = begin;
  let written: Position = position;
  let events = 0;
  let known: Promise<Known | undefined> | undefined;
  /** Days that began since the last write. */
  let begun: readonly DayBegun[] = [];
  /** The write that runs while further events are opened. */
  let writing: Promise<void> = Promise.resolve();

  /** All or nothing, so that a process that goes on after a crash finds rows and checkpoint at one position. */
  const write = async (rows: readonly (readonly [string, Entry])[], to: Position): Promise<void> => {
    const made = changesOf(projection, rows);
    const counters = [...made.counters, ...dayCounters(begun)];
    begun = [];
    const done = { events, position: to };
    const alongside = await (known ??= openKnown(db, projection));
    const stored = await asStored(projection, codec, { changes: { ...made, counters }, known: alongside });
    let from = written;
    await db.transaction(async (tx) => {
      const pieces = split(projection, stored);
      let columns = columnsOf(projection, pieces[0]?.upserts ?? []);
      for (const [n, changes] of pieces.entries()) {
        const writing = writeRows(tx, { projection, target, move: { epoch, from, to }, changes, columns });
        writing.catch(() => undefined); // an error is thrown below
        columns = columnsOf(projection, pieces[n + 1]?.upserts ?? []); // while this one is written
        if (!(await writing))
          throw new RebuildInProgress(`the rebuild of ${projection.name} was taken over by another one`);
        from = to;
      }
      await deps.alsoWrite?.(tx, done);
    });
    learn(alongside, stored.learnt ?? new Map());
    written = to;
  };

  /** Takes the rows that have changed as written: those that change from now on are written again. */
  const takeChanged = (): readonly (readonly [string, Entry])[] => {
    const changed = [...entries].filter(([, { stored, current }]) => stored !== current);
    for (const [key, { current }] of changed) entries.set(key, { stored: current, current });
    return changed;
  };

  const flush = async (): Promise<void> => {
    await writing;
    writing = write(takeChanged(), position);
    writing.catch(() => undefined); // the next write gets the error of one that failed
    await writing;
  };

  const resize = (key: string, size: number): void => {
    bytes += size - (sizes.get(key) ?? 0);
    if (size === 0) sizes.delete(key);
    else sizes.set(key, size);
  };

  /** By its events: to measure the row itself after each would work out columns that are needed only when it is written. */
  const grow = (recorded: Recorded): void => {
    const key = keyOf(projection, recorded);
    resize(key, (sizes.get(key) ?? BYTES_OF_A_ROW) + jsonSize(recorded.fact.data));
  };

  /** Writes all that has changed, while the next events are being opened, and drops the rows unchanged for longest. */
  const evict = async (): Promise<void> => {
    await writing;
    writing = write(takeChanged(), position);
    writing.catch(() => undefined); // the next to await it gets the error
    for (const [key] of entries) {
      if (entries.size <= cachedRows * KEPT_SHARE && bytes <= cachedBytes * KEPT_SHARE) break;
      entries.delete(key);
      resize(key, 0);
    }
  };

  /** Loads rows that were written and dropped, and now change again. Answers the keys of those too large to come along. */
  const recall = async (recorded: readonly Recorded[]): Promise<readonly string[]> => {
    const missing = [...keysToLoad(projection, recorded)].filter((key) => !entries.has(key));
    if (missing.length > 0) await writing;
    const loaded = await loadRows(db, projection, target, missing, cachedBytes / 2);
    for (const [key, entry] of loaded.entries) {
      entries.set(key, entry);
      resize(key, BYTES_OF_A_ROW + jsonSize(entry.stored));
    }
    return loaded.left;
  };

  const datesIn = (stored: Batch['events']): Pick<Folded, 'daysOf'> => {
    if (projection.isDated !== true) return {};
    const dates = datesOf(stored, reached, dayOf);
    reached = dates.reached;
    begun = [...begun, ...dates.begun];
    return { daysOf: daysFrom(dates.dayAt, dayOf) };
  };

  const handle = async (batch: Batch): Promise<void> => {
    const { events: stored, position: end } = batch;
    const recorded = await openEvents(projection, codec, stored);
    const at = endOfFitting(projection, recorded, await recall(recorded));
    if (at !== undefined) {
      await handle({ ...batch, events: stored.filter((event) => event.position <= at), position: at });
      return handle({ ...batch, events: stored.filter((event) => event.position > at) });
    }
    foldEvents(projection, entries, { events: recorded, ...datesIn(stored) });
    for (const event of recorded) grow(event);
    events += recorded.length;
    position = end;
    if (entries.size > cachedRows || bytes > cachedBytes) await evict();
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
      deps.onProgress?.({ events, position });
      if (isLast) return;
    }
  };

  const fillTo = async (end: Position): Promise<void> => {
    while (position < end) {
      signal?.throwIfAborted();
      const batch = await read(position);
      const events = batch.events.filter((event) => event.position <= end);
      await handle({ ...batch, events, position: batch.position < end && !batch.caughtUp ? batch.position : end });
    }
  };

  return { fill, fillTo, flush, position: () => position, events: () => events };
};
