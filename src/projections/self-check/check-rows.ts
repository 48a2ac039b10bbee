import type { Knex } from 'knex';
import type { Codec } from '../../event-store/codec.ts';
import type { EventStore, Position, Revision, StoredEvent } from '../../event-store/port.ts';
import { jsonSize } from '../../platform/json-size.ts';
import {
  asStored,
  foldEvents,
  keyOf,
  openEvents,
  readDays,
  utcDay,
  type DayOf,
  type Entries,
  type EventDays,
  type Projection,
  type Row,
} from '../engine/index.ts';
import type { Recorded } from '../../event-store/recorded.ts';

export type CheckDeps = {
  readonly db: Knex;
  readonly store: Pick<EventStore, 'readStream' | 'readAll'>;
  readonly codec: Pick<Codec, 'decode' | 'blindIndex'>;
  /** The shop's days. Default: of UTC. */
  readonly dayOf?: DayOf;
  /** A row that is folded from more streams is left out of samples, unless it is missing. Default 1000. */
  readonly mostStreams?: number;
};

export type DriftKind = 'missing' | 'extra' | 'different';

/** A row to look at, and a stream in which an event of it was seen. */
export type Suspect = { readonly key: string; readonly stream: string | undefined };

export type CheckedRow = Suspect & {
  /** Undefined: the row is as the log says. */
  readonly kind: DriftKind | undefined;
  readonly live: Row | undefined;
  /** What the log says, as it is written. */
  readonly expected: Row | undefined;
  /** For `alongside`. */
  readonly beside: readonly object[];
};

export type CheckedRows = {
  readonly version: number;
  readonly epoch: string;
  readonly position: Position;
  readonly isStopped: boolean;
  readonly rows: readonly CheckedRow[];
};

const PAGE = 200;

/** Rows and streams that are larger are passed over by the sample. */
const LONGEST_ROW = 1_000_000;
const LONGEST_STREAM = 4_000_000;
const MOST_STREAMS = 1_000;
/** Of a missing row that has more: enough to see that it is missing. */
const ENOUGH_STREAMS = 4;
const MOST_STREAMS_DEMANDED = 1_000_000;

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

const readerOf =
  (store: CheckDeps['store'], maxBytes: number) =>
  async (stream: string, from: Revision = 0n, isLast: (event: StoredEvent) => boolean = () => false) => {
    const events: StoredEvent[] = [];
    let bytes = 0;
    for (let next = from; ;) {
      const page = await store.readStream(stream, { from: next, limit: PAGE });
      bytes += page.reduce((sum, { data }) => sum + jsonSize(data), 0);
      if (bytes > maxBytes) throw new TooLarge(`${stream} is too large to sample`);
      events.push(...page);
      if (page.length < PAGE || page.some(isLast)) return events;
      next += BigInt(page.length);
    }
  };

/** Streams that other read models know for these keys: of too many, one more than the most. */
const readElsewhere = async (
  db: Knex,
  { streamsElsewhere }: Projection,
  { keys, most }: { readonly keys: readonly string[]; readonly most: number },
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (streamsElsewhere === undefined) return new Map();
  const { rows } = await db.raw<{ rows: readonly { key: string; streams: readonly string[] }[] }>(
    `select k.key, array(select stream from (${streamsElsewhere}) s (stream) limit ?::int) as streams
     from unnest(?::text[]) as k (key)`,
    [most + 1, [...keys]],
  );
  return new Map(rows.map(({ key, streams }) => [key, streams]));
};

type LiveRow = { readonly key: string; readonly row: string | null };

/** The checkpoint, and the rows of these keys where it stands. `row` is null where it is too large to look at. */
const readLive = async (
  db: Knex,
  { name, table, key, columns }: Projection,
  keys: readonly string[],
  longest: number,
) => {
  type Found = Partial<LiveRow> & { version: number; epoch: string; position: string; is_stopped: boolean };
  const { rows } = await db.raw<{ rows: readonly Found[] }>(
    `select c.version, c.epoch, c.position, c.failure is not null as is_stopped, r.key,
       case when octet_length(r.row) <= :longest then r.row end as row
     from projection_checkpoints c left join (
       select x.${key}::text as key, row_to_json(x)::text as row
       from (select ${Object.keys(columns).join(', ')} from ${table} where ${key} = any(:keys::${columns[key] ?? 'text'}[])) x
     ) r on true where c.name = :name`,
    { name, longest, keys: [...keys] },
  );
  const [checkpoint] = rows;
  if (checkpoint === undefined) return undefined;
  const found = rows.flatMap(({ key: of, row }): LiveRow[] => (of ? [{ key: of, row: row ?? null }] : []));
  const { version, epoch, position, is_stopped: isStopped } = checkpoint;
  return { version, epoch, position: BigInt(position), isStopped, rows: new Map(found.map((one) => [one.key, one])) };
};

const daysOf = async (db: Knex, { name, isDated }: Projection, dayOf: DayOf) => {
  const booked = isDated === true ? await readDays(db, name) : () => undefined;
  return ({ position, metadata, fact }: Recorded): EventDays => ({
    booked: booked(position) ?? dayOf(metadata.recorded_at),
    happened: dayOf(fact.at),
  });
};

/** Rows in the form in which the table gives them. */
const normalised = async (
  db: Knex,
  { table, key, columns }: Projection,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, string>> => {
  if (rows.length === 0) return new Map();
  const { rows: found } = await db.raw<{ rows: readonly { key: string; row: string }[] }>(
    `select x.${key}::text as key, row_to_json(x)::text as row
     from (select ${Object.keys(columns).join(', ')} from json_populate_recordset(null::${table}, ?::json)) x`,
    [JSON.stringify(rows)],
  );
  return new Map(found.map((one) => [one.key, one.row]));
};

const kindOf = (expected: string | undefined, live: string | undefined): DriftKind | undefined => {
  if (expected === live) return undefined;
  if (live === undefined) return 'missing';
  return expected === undefined ? 'extra' : 'different';
};

/**
 * Holds rows against a fold of their events, at the position where their checkpoint stands. `demandAll`: also those that
 * are too large for a sample.
 */
export const checkRows = async (
  projection: Projection,
  { db, store, codec, dayOf = utcDay, mostStreams = MOST_STREAMS }: CheckDeps,
  {
    suspects,
    demandAll = false,
    tellsOnly = false,
  }: { readonly suspects: readonly Suspect[]; readonly demandAll?: boolean; readonly tellsOnly?: boolean },
): Promise<CheckedRows | undefined> => {
  const unique = [...new Map(suspects.map((one) => [one.key, one])).values()];
  const longest = demandAll ? 2 ** 31 - 1 : LONGEST_ROW;
  const live = await readLive(
    db,
    projection,
    unique.map(({ key }) => key),
    longest,
  );
  if (live === undefined || live.version !== projection.version) return undefined;
  const { version, epoch, position, isStopped } = live;
  const days = await daysOf(db, projection, dayOf);
  const read = readerOf(store, demandAll ? Infinity : LONGEST_STREAM);
  const ofPrefixes = async (key: string) =>
    (await Promise.all(projection.prefixes.map((prefix) => read(`${prefix}${key}`)))).flat();

  const keys = unique.map(({ key }) => key);
  const most = demandAll ? MOST_STREAMS_DEMANDED : mostStreams;
  const streams = await readElsewhere(db, projection, { keys, most });
  const streamsOf = (key: string): readonly string[] => {
    const known = streams.get(key) ?? [];
    if (known.length <= most) return known;
    if (tellsOnly && !live.rows.has(key)) return known.slice(0, ENOUGH_STREAMS);
    throw new TooLarge(`${key} has too many streams to sample`);
  };

  const fold = async ({ key, stream }: Suspect): Promise<{ row: Row | undefined; beside: readonly object[] }> => {
    const text = live.rows.get(key)?.row;
    const row = text == null ? undefined : (JSON.parse(text) as Row);
    const found = await (projection.eventsOf?.(key, { row, stream, elsewhere: streamsOf(key), read }) ??
      ofPrefixes(key));
    const handled = found.filter((event) => event.position <= position);
    const inOrder = handled.toSorted((a, b) => (a.position < b.position ? -1 : 1));
    const own = (await openEvents(projection, codec, inOrder)).filter((event) => keyOf(projection, event) === key);
    const entries: Entries = new Map();
    foldEvents(projection, entries, { events: own, daysOf: days });
    const current = entries.get(key)?.current;
    if (current === undefined) return { row: undefined, beside: [] };
    const changes = { upserts: [current], removals: [], counters: [], sums: [] };
    const stored = await asStored(projection, codec, { changes });
    return { row: stored.upserts[0], beside: stored.beside ?? [] };
  };

  const folded = new Map<string, Awaited<ReturnType<typeof fold>>>();
  for (const suspect of unique) {
    if (live.rows.get(suspect.key)?.row === null) continue;
    try {
      folded.set(suspect.key, await fold(suspect));
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
    }
  }
  const expected = await normalised(
    db,
    projection,
    [...folded.values()].flatMap(({ row }) => (row === undefined ? [] : [row])),
  );
  const rows = unique.flatMap((suspect): CheckedRow[] => {
    const found = folded.get(suspect.key);
    if (found === undefined) return [];
    const text = live.rows.get(suspect.key)?.row ?? undefined;
    const kind = kindOf(expected.get(suspect.key), text);
    const isAllowed = kind === 'extra' && projection.isFilledAhead === true;
    return [
      {
        ...suspect,
        kind: isAllowed ? undefined : kind,
        live: text === undefined ? undefined : (JSON.parse(text) as Row),
        expected: found.row,
        beside: found.beside,
      },
    ];
  });
  return { version, epoch, position, isStopped, rows };
};
