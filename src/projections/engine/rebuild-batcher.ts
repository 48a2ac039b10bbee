import type { Batch, Position } from '../../event-store/port.ts';
import { changesOf, foldEvents, openEvents, type Changes, type Entries, type Entry } from './fold.ts';
import { keyOf, startsRow, type Projection } from './projection.ts';
import type { RebuildDeps } from './rebuild.ts';
import { loadRows } from './rows.ts';
import { writeRows } from './write-rows.ts';
import type { Shadow } from './shadow-table.ts';
import type { Recorded } from '../../event-store/recorded.ts';

/** This projection is being rebuilt by another process right now. */
export class RebuildInProgress extends Error {
  override readonly name = 'RebuildUnderWay';
}

/** Folds the log into a shadow table, keeping rows that are still changing in memory as long as there is room. */
export type RebuildBatcher = {
  /** Reads on, to the end of the log or at least to `until`. */
  readonly fill: (until?: Position) => Promise<void>;
  /** Writes what is still in memory only. */
  readonly flush: () => Promise<void>;
  readonly position: () => Position;
  readonly events: () => number;
};

const ROWS_PER_WRITE = 1_000;
/** How much is written and forgotten when memory is full: the rows untouched for longest. */
const EVICTED_SHARE = 0.25;

/** Rows and counts of one flush, cut to what one statement should take; the counts go with the last. */
const cut = ({ upserts, removals, counters }: Changes): readonly Changes[] => {
  const cuts: Changes[] = [];
  for (let start = 0; start < upserts.length; start += ROWS_PER_WRITE)
    cuts.push({ upserts: upserts.slice(start, start + ROWS_PER_WRITE), removals: [], counters: [] });
  return [...cuts, { upserts: [], removals, counters }];
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
  /** Of rows that are no longer in memory. */
  let writing: Promise<void> = Promise.resolve();

  const write = async (rows: readonly (readonly [string, Entry])[], to: Position): Promise<void> => {
    for (const changes of cut(changesOf(projection, rows))) {
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

  /** Goes on while the next events are being opened. */
  const evict = async (): Promise<void> => {
    await writing;
    const oldest = [...entries].slice(0, Math.ceil(cachedRows * EVICTED_SHARE));
    for (const [key] of oldest) entries.delete(key);
    writing = write(oldest, position);
    writing.catch(() => undefined); // whoever awaits it next gets the error
  };

  /** Rows that were written and forgotten, and now change after all. */
  const recall = async (recorded: readonly Recorded[]): Promise<void> => {
    const missing = new Set<string>();
    const started = new Set<string>();
    for (const event of recorded) {
      const key = keyOf(projection, event);
      if (startsRow(projection, event)) started.add(key);
      if (!entries.has(key) && !started.has(key)) missing.add(key);
    }
    if (missing.size > 0) await writing;
    for (const [key, entry] of await loadRows(db, projection, target, [...missing])) entries.set(key, entry);
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
    page.catch(() => undefined); // read ahead: whoever awaits it gets the error
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
