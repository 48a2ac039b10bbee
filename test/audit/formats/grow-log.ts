import { createHash } from 'node:crypto';
import { leafHash, nodeHash, type Hash, type ReadSubtree } from '../../../src/audit/formats/merkle.ts';
import { growTiles, partialTiles, subtreesOf, type Tile } from '../../../src/audit/formats/tiles.ts';

/** Entry i of the logs in these tests: 32 bytes, like the hash of an event. */
export const entryAt = (index: number): Uint8Array => createHash('sha256').update(`entry ${index}`).digest();

export const entries = (count: number): readonly Uint8Array[] => Array.from({ length: count }, (_, at) => entryAt(at));

/** The tree hash as RFC 6962 defines it, word for word: slow, and nothing in it is ours. */
export const definedRoot = (leaves: readonly Hash[]): Hash => {
  const [first] = leaves;
  if (first === undefined) return createHash('sha256').digest();
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)));
};

const nameOf = ({ level, n }: Pick<Tile, 'level' | 'n'>): string => `${level}/${n}`;

/** Tiles of a log that has grown in steps of these sizes. */
export const growLog = (steps: readonly number[]) => {
  const tiles = new Map<string, Tile>();
  let size = 0;
  for (const step of steps) {
    const partial = partialTiles(size).flatMap((name) => tiles.get(nameOf(name)) ?? []);
    const leaves = Array.from({ length: step }, (_, at) => leafHash(entryAt(size + at)));
    for (const tile of growTiles(partial, size, leaves)) tiles.set(nameOf(tile), tile);
    size += step;
  }
  const read: ReadSubtree = subtreesOf((name) => {
    const tile = tiles.get(nameOf(name));
    if (tile === undefined || tile.width < name.width) throw new Error(`no tile ${nameOf(name)} of ${name.width}`);
    return Promise.resolve(tile);
  });
  return { size, tiles, read };
};
