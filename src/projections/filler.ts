import type { Batch, Position } from '../event-store/port.ts';
import { changesOf, foldEvents, openEvents, type Entries, type Entry } from './fold.ts';
import { keyOf, startsRow, type Projection } from './projection.ts';
import type { RebuildDeps } from './rebuild.ts';
import { loadRows, writeChanges } from './rows.ts';
import type { Shadow } from './shadow-table.ts';
import type { Recorded } from '../event-store/recorded.ts';

/** This projection is being rebuilt by another process right now. */
export class RebuildUnderWay extends Error {
  override readonly name = 'RebuildUnderWay';
}

/** Folds the log into a shadow table, keeping rows that are still changing in memory as long as there is room. */
export type Filler = {
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

const isUnwritten = ([, { stored, current }]: readonly [string, Entry]): boolean => stored !== current;

export const createFiller = (projection: Projection, { target, epoch }: Shadow, deps: RebuildDeps): Filler => {
  const { db, store, codec, signal, cachedRows = 50_000, pageSize = 1_000 } = deps;
  const entries: Entries = new Map();
  let position: Position = 0n;
  let written: Position = 0n;
  let events = 0;

  const write = async (changed: readonly (readonly [string, Entry])[]): Promise<void> => {
    const move = { epoch, from: written, to: position };
    if (!(await writeChanges(db, projection, target, { move, changes: changesOf(projection, changed) })))
      throw new RebuildUnderWay(`the rebuild of ${projection.name} was taken over by another one`);
    written = position;
    for (const [key, { current }] of changed) entries.set(key, { stored: current, current });
  };

  const flush = async (rows: readonly (readonly [string, Entry])[] = [...entries]): Promise<void> => {
    const changed = rows.filter(isUnwritten);
    for (let start = 0; start < changed.length; start += ROWS_PER_WRITE)
      await write(changed.slice(start, start + ROWS_PER_WRITE));
  };

  const evict = async (): Promise<void> => {
    const oldest = [...entries].slice(0, Math.ceil(cachedRows * EVICTED_SHARE));
    await flush(oldest);
    for (const [key] of oldest) entries.delete(key);
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
