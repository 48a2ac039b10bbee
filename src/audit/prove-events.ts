import type { Knex } from 'knex';
import { hashOf } from '../event-store/hash-chain.ts';
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import { encodeLogProof } from './formats/log-proof.ts';
import { inclusionProof, isIncluded, leafHash } from './formats/merkle.ts';
import { subtreesOf, TILE_WIDTH } from './formats/tiles.ts';
import type { Head } from './heads.ts';
import { findTileOfPosition, openTiles, type EntryTile } from './log-tree.ts';
import { entryOf } from './record-log.ts';

/** The log says something else than its signed heads, so nothing can be proven. */
export class NotProvable extends Error {
  override readonly name = 'NotProvable';
}

export type ProvenEvent = { readonly index: number; readonly proof: string };

/** Undefined: the event was recorded after the head. */
export type ProveEvent = (event: StoredEvent) => Promise<ProvenEvent | undefined>;

type FoundTile = { readonly tile: EntryTile; readonly positions: readonly bigint[] };

/** Proves events against one head, best in the order of the log: what neighbours have in common is read once. */
export const openProver = (
  { db, store }: { readonly db: Knex; readonly store: Pick<EventStore, 'readHashes'> },
  head: Pick<Head, 'size' | 'root' | 'note'>,
): ProveEvent => {
  const read = subtreesOf(openTiles(db));
  let last: FoundTile | undefined;

  const tileOf = async ({ position }: StoredEvent): Promise<FoundTile | undefined> => {
    if (last?.positions.includes(position)) return last;
    const tile = await findTileOfPosition(db, position);
    if (tile === undefined) return undefined;
    const { hashes } = await store.readHashes({ after: tile.afterPosition, limit: TILE_WIDTH });
    last = { tile, positions: hashes.map((hash) => hash.position) };
    return last;
  };

  return async (event) => {
    const where = `revision ${event.revision} of ${event.stream}`;
    const found = await tileOf(event);
    if (found === undefined) return undefined;
    const at = found.positions.indexOf(event.position);
    const index = found.tile.n * TILE_WIDTH + at;
    const isNewest = (found.tile.n + 1) * TILE_WIDTH >= head.size;
    if (at < 0 ? isNewest : index >= head.size) return undefined;
    const entry = entryOf(hashOf(event));
    if (at < 0 || entry === undefined) throw new NotProvable(`${where} is not in the record of the log`);
    const hashes = await inclusionProof(read, index, head.size);
    if (!isIncluded(leafHash(entry), index, head, hashes))
      throw new NotProvable(`${where} differs from its record; run npm run verify`);
    return { index, proof: encodeLogProof({ index, hashes, checkpoint: head.note }) };
  };
};
