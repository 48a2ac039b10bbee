import type { Knex } from 'knex';
import type { Codec } from '../event-store/codec.ts';
import type { EventStore, Position, StoredEvent } from '../event-store/port.ts';
import { plainRow, readCheckpoints, type Projection, type Row } from '../projections/engine/index.ts';
import { CannotExport } from './write-file.ts';

export type ReadDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readStream' | 'readAll'>;
  readonly codec: Pick<Codec, 'decode' | 'openPersonal'>;
};

/** A read model that is exported, and how its rows were at an earlier position. */
export type Source = {
  readonly projection: Projection;
  /** The column of the time by which rows are ordered; it never changes. */
  readonly time: string;
  /** The row that an event may have changed. */
  readonly keyOf: (event: StoredEvent) => string | undefined;
  /** The streams from whose events a row is folded. */
  readonly streamsOf: (row: Row) => readonly string[];
};

export type RowsQuery = {
  readonly until: Position;
  /** Where to go on; undefined: at the beginning. */
  readonly after?: unknown;
  /** ISO 8601, inclusive. */
  readonly from?: string | undefined;
  /** ISO 8601, inclusive. */
  readonly to?: string | undefined;
};

export type RowPlace = { readonly time: string; readonly id: string };

const placeIn = (place: unknown): RowPlace | undefined =>
  typeof place === 'object' &&
  place !== null &&
  'time' in place &&
  'id' in place &&
  typeof place.time === 'string' &&
  typeof place.id === 'string'
    ? { time: place.time, id: place.id }
    : undefined;

const AT_ONCE = 500;
/** A batch is smaller where rows are large, so that it does not fill the memory. */
const BATCH_BYTES = 4_000_000;
const EVENTS_AT_ONCE = 1_000;
/** More rows than may change while an export runs; their keys are kept in memory. */
const MOST_CHANGED = 500_000;

/** Watches which rows were changed by events after a position. */
const openChanges = ({ store }: ReadDeps, { projection, keyOf }: Source, until: Position) => {
  const keys = new Set<string>();
  let seen = until;
  return {
    /** Looks at all events up to a position. */
    upTo: async (position: Position): Promise<void> => {
      while (seen < position) {
        const { prefixes } = projection;
        const batch = await store.readAll({ after: seen, limit: EVENTS_AT_ONCE, prefixes });
        for (const event of batch.events) {
          const key = keyOf(event);
          if (key !== undefined) keys.add(key);
        }
        if (keys.size > MOST_CHANGED)
          throw new CannotExport('Too much has changed since the export was begun. Export again, without --resume.');
        if (batch.position === seen) return;
        seen = batch.position;
      }
    },
    has: (key: string): boolean => keys.has(key),
  };
};

/** A row as it was at a position, from the events of its streams; undefined: it was not there. */
const rowAt = async (
  { store, codec }: ReadDeps,
  { projection, streamsOf }: Source,
  row: Row,
  until: Position,
): Promise<Row | undefined> => {
  const { types, personal = true, evolve } = projection;
  const streams = await Promise.all(streamsOf(row).map((stream) => store.readStream(stream)));
  const events = streams
    .flat()
    .filter(({ position, type }) => position <= until && (types === undefined || types.has(type)))
    .toSorted((a, b) => (a.position < b.position ? -1 : 1));
  const key = row[projection.key];
  let folded: Row | undefined;
  for (const recorded of await codec.decode(events, { personal })) {
    const day = recorded.fact.at.slice(0, 10);
    if (projection.keyOf === undefined || projection.keyOf(recorded) === key)
      folded = evolve(folded, recorded, { booked: day, happened: day });
  }
  return folded === undefined ? undefined : plainRow(projection, folded);
};

type Found = { readonly row: Row; readonly id: string; readonly time: Date };

/**
 * All rows of a read model as they were at one position, the oldest first, batch by batch. Rows that have changed since
 * are folded again from their events, so no long transaction is needed, and an export can be continued after a crash.
 */
export async function* rowsAsOf(
  deps: ReadDeps,
  source: Source,
  { until, after, from, to }: RowsQuery,
): AsyncGenerator<{ readonly rows: readonly Row[]; readonly place: RowPlace }> {
  const { table, key, name } = source.projection;
  const { time } = source;
  const changes = openChanges(deps, source, until);
  const fetch = async (last: RowPlace | undefined): Promise<readonly Found[]> => {
    const { rows } = await deps.db.raw<{ rows: readonly Found[] }>(
      `select id, time, row from (
         select r.id, r.time, r.row, sum(length(r.row::text)) over (order by r.time, r.id) - length(r.row::text) as before
         from (
           select t.${key} as id, t.${time} as time, row_to_json(t) as row from ${table} t
           where (t.${time}, t.${key}) > (?::timestamptz, ?::uuid) and t.${time} between ?::timestamptz and ?::timestamptz
           order by t.${time}, t.${key} limit ${AT_ONCE}
         ) r
       ) sized where before < ${BATCH_BYTES} order by time, id`,
      [
        last?.time ?? '-infinity',
        last?.id ?? '00000000-0000-0000-0000-000000000000',
        from ?? '-infinity',
        to ?? 'infinity',
      ],
    );
    return rows;
  };
  for (let last = placeIn(after); ;) {
    const found = await fetch(last);
    const end = found.at(-1);
    if (end === undefined) return;
    // Whatever these rows say was in the log before their read model had it.
    const checkpoint = (await readCheckpoints(deps.db, [name])).get(name);
    await changes.upTo(checkpoint?.position ?? until);
    const rows: Row[] = [];
    for (const { id, row } of found) {
      const then = changes.has(id) ? await rowAt(deps, source, row, until) : row;
      if (then !== undefined) rows.push(then);
    }
    last = { time: end.time.toISOString(), id: end.id };
    yield { rows: await deps.codec.openPersonal(rows), place: last };
  }
}
