import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import type { Position } from '../event-store/port.ts';
import { prepared } from '../platform/database.ts';
import { HASH_BYTES, rootAt, type Hash } from './formats/merkle.ts';
import {
  isTileOf,
  partialTiles,
  subtreesOf,
  TILE_WIDTH,
  type ReadTile,
  type Tile,
  type TileName,
} from './formats/tiles.ts';

/** The progress of the record. */
export type Progress = {
  /** Number of events: the size of the tree. */
  readonly size: number;
  /** Position of the last of them. */
  readonly position: Position;
  /** The reason why recording has stopped; null: it has not. */
  readonly failure: string | null;
};

/** Consecutive events of one stream in a batch. */
export type StreamGrowth = {
  readonly stream: string;
  /** Revision of the first event. */
  readonly first: number;
  /** Number of events in the stream after this batch. */
  readonly length: number;
  readonly lastHash: Uint8Array;
};

/** A recorded tile; for entries, it has their place in the log. */
export type RecordedTile = Tile & {
  /** Position of the event before its first entry; null above level 0. */
  readonly afterPosition: Position | null;
};

export type Growth = {
  readonly from: Progress;
  readonly size: number;
  readonly position: Position;
  readonly tiles: readonly RecordedTile[];
  readonly streams: readonly StreamGrowth[];
};

type TileRow = { readonly level: number; readonly n: string; readonly width: number; readonly hashes: Buffer };

const toTile = ({ n, ...row }: TileRow): Tile => ({ ...row, n: Number(n) });

export const readProgress = async (db: Knex): Promise<Progress> => {
  const row = await db<{ size: string; position: string; failure: string | null }>('log_progress').first();
  if (row === undefined)
    throw new Error(
      'the row of log_progress is missing: restore the tables log_progress, log_tiles and log_streams from the same backup',
    );
  return { size: Number(row.size), position: BigInt(row.position), failure: row.failure };
};

/** Whether the log is recorded and its heads are signed, as the process said last that does it. */
export type LogState =
  | 'kept'
  /** The log contradicts the record, so recording has stopped. */
  | 'contradicted'
  /** Events are recorded, but heads cannot be signed. */
  | 'unsigned';

export const readLogState = async (db: Knex): Promise<LogState> => {
  const row = await db<{ failure: string | null; signing_failure: string | null }>('log_progress').first();
  if (row === undefined || row.failure !== null) return 'contradicted';
  return row.signing_failure === null ? 'kept' : 'unsigned';
};

/** Records why heads cannot be signed; null: they can. */
export const recordSigning = async (db: Knex, failure: string | null): Promise<void> => {
  await db('log_progress')
    .whereRaw('signing_failure is distinct from ?', [failure])
    .update({ signing_failure: failure });
};

/** The tiles on the right edge of the tree of this size. */
export const readPartialTiles = async (db: Knex, size: number): Promise<readonly Tile[]> => {
  const names = partialTiles(size);
  if (names.length === 0) return [];
  const rows = await db<TileRow>('log_tiles').whereIn(
    ['level', 'n'],
    names.map(({ level, n }) => [level, n]),
  );
  return rows.map(toTile).map((tile): Tile => {
    const width = names.find(({ level }) => level === tile.level)?.width ?? tile.width;
    return { ...tile, width, hashes: tile.hashes.subarray(0, width * HASH_BYTES) };
  });
};

/** Represents null in an array of numbers. */
const NO_POSITION = -1n;

/**
 * Writes tiles, streams and progress in one statement. The row of log_progress is the lock and the fence: a process
 * that finds it moved writes nothing, and neither does a process whose events do not continue their streams. The commit
 * does not wait for the disk: after a crash the same events are recorded again, and the commit of a head does wait and
 * makes all earlier ones durable.
 */
const GROW = `with given as (
    select * from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bytea[]) as g (stream, first, length, last_hash)
  ), moved as (
    update log_progress set size = ?, position = ?, failure = null
    where size = ? and not exists (
      select from given g left join log_streams s on s.stream = g.stream where coalesce(s.length, 0) <> g.first
    )
    returning 1
  ), streams as (
    insert into log_streams (stream, length, last_hash)
    select stream, length, last_hash from given where exists (select from moved)
    on conflict (stream) do update set length = excluded.length, last_hash = excluded.last_hash
  ), tiles as (
    insert into log_tiles (level, n, width, hashes, after_position)
    select t.level, t.n, t.width, t.hashes, nullif(t.after_position, ${NO_POSITION})
    from unnest(?::int[], ?::bigint[], ?::int[], ?::bytea[], ?::bigint[]) as t (level, n, width, hashes, after_position)
    where exists (select from moved)
    on conflict (level, n) do update set width = excluded.width, hashes = excluded.hashes
  )
  select exists (select from moved) as moved, set_config('synchronous_commit', 'off', true)`;

/** False: another process was first, or the events do not continue their recorded streams. */
export const writeGrowth = async (db: Knex, { from, size, position, tiles, streams }: Growth): Promise<boolean> => {
  const statement = db.raw<{ readonly rows: readonly { readonly moved: boolean }[] }>(GROW, [
    streams.map(({ stream }) => stream),
    streams.map(({ first }) => first),
    streams.map(({ length }) => length),
    streams.map(({ lastHash }) => Buffer.from(lastHash)),
    size,
    String(position),
    from.size,
    tiles.map(({ level }) => level),
    tiles.map(({ n }) => n),
    tiles.map(({ width }) => width),
    tiles.map(({ hashes }) => Buffer.from(hashes)),
    tiles.map(({ afterPosition }) => String(afterPosition ?? NO_POSITION)),
  ]);
  const { rows } = await prepared('log_grow', statement);
  return rows[0]?.moved === true;
};

/** The first of these that does not continue its recorded stream. */
export const findDiscontinued = async (
  db: Knex,
  streams: readonly StreamGrowth[],
): Promise<(StreamGrowth & { readonly recorded: number }) | undefined> => {
  const rows = await db<{ stream: string; length: string }>('log_streams').whereIn(
    'stream',
    streams.map(({ stream }) => stream),
  );
  const lengths = new Map(rows.map(({ stream, length }) => [stream, Number(length)]));
  return streams
    .map((growth) => ({ ...growth, recorded: lengths.get(growth.stream) ?? 0 }))
    .find(({ first, recorded }) => first !== recorded);
};

/** Records why recording has stopped, or that it continues, unless another process has moved the progress. */
export const recordFailure = async (db: Knex, { size }: Progress, failure: string | null): Promise<void> => {
  await db('log_progress').where({ size }).update({ failure });
};

/** Begins the record again: a person has accepted that the log is another one now. */
export const forgetRecord = (db: Knex): Promise<void> =>
  db.transaction(async (sql) => {
    await sql('log_progress').update({ size: 0, position: '0', failure: null });
    await sql('log_tiles').delete();
    await sql('log_streams').delete();
  });

export class TileMissing extends Error {
  override readonly name = 'TileMissing';
}

/** 8 KiB each. */
const TILES_KEPT = 1_000;

/** At least as wide as requested. The reader caches tiles for one request or one verification. */
export const openTiles = (db: Knex): ReadTile => {
  const known = new LRUCache<string, Promise<Tile>>({ max: TILES_KEPT });
  const read = async ({ level, n, width }: TileName): Promise<Tile> => {
    const row = await db<TileRow>('log_tiles')
      .where({ level, n: String(n) })
      .first();
    if (row === undefined || row.width < width) throw new TileMissing(`tile ${n} of level ${level} is not recorded`);
    return toTile(row);
  };
  return (name) => {
    const key = `${name.level}/${name.n}/${name.width}`;
    const tile = known.get(key) ?? read(name);
    known.set(key, tile);
    return tile;
  };
};

/** Full tiles of entries read with one statement: as many bytes as one page of a log. */
const TILES_IN_TURN = 32;

/** The same for one who reads the tiles of entries one after the other: many with one statement. */
export const openTilesInTurn = (db: Knex): ReadTile => {
  const readOne = openTiles(db);
  let ahead = new Map<number, Tile>();
  const readAhead = async (n: number): Promise<Tile | undefined> => {
    if (!ahead.has(n)) {
      const rows = await db<TileRow>('log_tiles')
        .where({ level: 0, width: TILE_WIDTH })
        .whereBetween('n', [n, n + TILES_IN_TURN - 1]);
      ahead = new Map(rows.map(toTile).map((tile) => [tile.n, tile]));
    }
    return ahead.get(n);
  };
  return async (name) => {
    const isEntries = name.level === 0 && name.width === TILE_WIDTH;
    return (isEntries ? await readAhead(name.n) : undefined) ?? readOne(name);
  };
};

export type EntryTile = { readonly n: number; readonly width: number; readonly afterPosition: Position };

type EntryTileRow = { readonly n: string; readonly width: number; readonly after_position: string };

const toEntryTile = ({ n, width, after_position }: EntryTileRow): EntryTile => ({
  n: Number(n),
  width,
  afterPosition: BigInt(after_position),
});

/** The position in the log at which the entries of a tile begin. */
export const findEntryTile = async (db: Knex, n: number): Promise<EntryTile | undefined> => {
  const row = await db<EntryTileRow>('log_tiles').where('level', 0).where('n', String(n)).first();
  return row === undefined ? undefined : toEntryTile(row);
};

/** The tile that contains the entry of the event at this position, if it is recorded. */
export const findTileOfPosition = async (db: Knex, position: Position): Promise<EntryTile | undefined> => {
  const row = await db<EntryTileRow>('log_tiles')
    .where('level', 0)
    .where('after_position', '<', String(position))
    .orderBy('after_position', 'desc')
    .first();
  return row === undefined ? undefined : toEntryTile(row);
};

const STREAMS_AT_ONCE = 5_000;

/** The recorded length of each stream, sorted by name. */
export async function* recordedStreams(
  db: Knex,
): AsyncGenerator<{ readonly stream: string; readonly length: number; readonly lastHash: Uint8Array }> {
  for (let after = ''; ;) {
    const rows = await db<{ stream: string; length: string; last_hash: Buffer }>('log_streams')
      .where('stream', '>', after)
      .orderBy('stream')
      .limit(STREAMS_AT_ONCE);
    for (const { stream, length, last_hash } of rows) yield { stream, length: Number(length), lastHash: last_hash };
    const last = rows.at(-1);
    if (last === undefined || rows.length < STREAMS_AT_ONCE) return;
    after = last.stream;
  }
}

/** The root of the recorded tree at this size. */
export const recordedRoot = (db: Knex, size: number): Promise<Hash> => rootAt(subtreesOf(openTiles(db)), size);

/** A tile of the tree of this size, cut to the requested width; undefined if that tree has no such tile. */
export const readTileOf = async (db: Knex, name: TileName, size: number): Promise<Uint8Array | undefined> => {
  if (name.width > TILE_WIDTH || !isTileOf(name, size)) return undefined;
  const { hashes } = await openTiles(db)(name);
  return hashes.subarray(0, name.width * HASH_BYTES);
};
