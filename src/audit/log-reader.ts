import type { Knex } from 'knex';
import type { EventStore, Revision } from '../event-store/port.ts';
import { encodeBase64 } from './formats/base64.ts';
import { encodeLogProof } from './formats/log-proof.ts';
import { consistencyProof, inclusionProof, isIncluded, leafHash } from './formats/merkle.ts';
import { entryBundle, isTileOf, subtreesOf, TILE_WIDTH, type TileName } from './formats/tiles.ts';
import { readHead, readLogKeys, type Head } from './heads.ts';
import { findEntryTile, findTileOfPosition, openTiles, readTileOf } from './log-tree.ts';
import { entryOf } from './record-log.ts';

export type LogProofResult =
  | { readonly proof: string }
  /** No such event. */
  | 'unknown'
  /** No head covers it yet. */
  | 'no_head_yet'
  /** The log differs from its record. */
  | 'contradicted';

export type ConsistencyResult =
  | { readonly from: number; readonly to: number; readonly hashes: readonly string[] }
  /** No head covers the larger tree yet. */
  | 'no_head_yet';

/** The parts of the log that others can check: its newest signed head, and everything that this head covers. */
export type LogReader = {
  readonly head: () => Promise<Head | undefined>;
  /** Verifier keys as texts. */
  readonly keys: () => Promise<readonly string[]>;
  /** Undefined: the tree of the newest head has no such tile. */
  readonly tile: (name: TileName) => Promise<Uint8Array | undefined>;
  /** Entries of a tile of level 0, as a bundle. */
  readonly entries: (name: Omit<TileName, 'level'>) => Promise<Uint8Array | undefined>;
  /** A proof that an event is in the log of the newest head. */
  readonly proof: (stream: string, revision: Revision) => Promise<LogProofResult>;
  readonly consistency: (from: number, to: number) => Promise<ConsistencyResult>;
};

type Deps = { readonly db: Knex; readonly store: Pick<EventStore, 'readHashes' | 'readStream'> };

export const openLogReader = ({ db, store }: Deps): LogReader => {
  const entries: LogReader['entries'] = async ({ n, width }) => {
    const head = await readHead(db);
    if (head === undefined || !isTileOf({ level: 0, n, width }, head.size)) return undefined;
    const tile = await findEntryTile(db, n);
    if (tile === undefined) return undefined;
    const { hashes } = await store.readHashes({ after: tile.afterPosition, limit: width });
    const found = hashes.flatMap(({ hash }) => entryOf(hash) ?? []);
    return found.length === width ? entryBundle(found) : undefined;
  };

  const proof: LogReader['proof'] = async (stream, revision) => {
    const [event] = await store.readStream(stream, { from: revision, limit: 1 });
    if (event?.revision !== revision) return 'unknown';
    const [head, tile] = await Promise.all([readHead(db), findTileOfPosition(db, event.position)]);
    if (head === undefined || tile === undefined) return 'no_head_yet';
    const { hashes } = await store.readHashes({ after: tile.afterPosition, limit: TILE_WIDTH });
    const at = hashes.findIndex(({ position }) => position === event.position);
    const index = tile.n * TILE_WIDTH + at;
    if (at >= 0 && index >= head.size) return 'no_head_yet';
    const entry = entryOf(hashes[at]?.hash ?? null);
    if (entry === undefined) return 'contradicted';
    const path = await inclusionProof(subtreesOf(openTiles(db)), index, head.size);
    if (!isIncluded(leafHash(entry), index, head, path)) return 'contradicted';
    return { proof: encodeLogProof({ index, hashes: path, checkpoint: head.note }) };
  };

  return {
    head: () => readHead(db),
    keys: () => readLogKeys(db),
    tile: async (name) => {
      const head = await readHead(db);
      return head === undefined ? undefined : readTileOf(db, name, head.size);
    },
    entries,
    proof,
    consistency: async (from, to) => {
      const head = await readHead(db);
      if (head === undefined || to > head.size) return 'no_head_yet';
      return { from, to, hashes: (await consistencyProof(subtreesOf(openTiles(db)), from, to)).map(encodeBase64) };
    },
  };
};
