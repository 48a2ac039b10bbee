import type { Position } from '../../../src/event-store/port.ts';
import type { Changes, Entries } from '../../../src/projections/engine/fold.ts';
import type { Projection, Row } from '../../../src/projections/engine/index.ts';

/** Rows, counters and checkpoint of one read model, as the database keeps them. */
export type Table = {
  readonly position: () => Position;
  readonly load: (keys: readonly string[]) => Entries;
  /** All in one transaction, if the checkpoint still stands where the writer thinks. */
  readonly commit: (from: Position, to: Position, changes: Changes) => boolean;
  readonly rows: () => ReadonlyMap<string, Row>;
  readonly counters: () => ReadonlyMap<string, number>;
};

/** As through the database: what JSON has no word for is lost. */
const throughJson = (row: Row): Row => JSON.parse(JSON.stringify(row)) as Row;

export const createTable = ({ key }: Projection, { isFenced = true } = {}): Table => {
  const rows = new Map<string, Row>();
  const counters = new Map<string, number>();
  let position = 0n;
  return {
    position: () => position,
    load: (keys) =>
      new Map(
        keys.flatMap((name) => {
          const row = rows.get(name);
          if (row === undefined) return [];
          const stored = throughJson(row);
          return [[name, { stored, current: stored }] as const];
        }),
      ),
    commit: (from, to, { upserts, removals, counters: counted }) => {
      if (isFenced && position !== from) return false;
      position = to;
      for (const name of removals) rows.delete(name);
      for (const row of upserts) rows.set(String(row[key]), throughJson(row));
      for (const { name, by } of counted) counters.set(name, (counters.get(name) ?? 0) + by);
      return true;
    },
    rows: () => rows,
    counters: () => new Map([...counters].filter(([, value]) => value !== 0)),
  };
};
