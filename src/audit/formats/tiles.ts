import { HASH_BYTES, nodeHash, type Hash, type ReadSubtree } from './merkle.ts';

/** Number of hashes in a full tile; a tile is a subtree of height 8. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const MAX_LEVEL = 63;

/**
 * Consecutive hashes of one height, as C2SP tlog-tiles defines them: hash i of tile n at level l covers the leaves from
 * (n * 256 + i) * 256^l. `width` hashes, concatenated.
 */
export type Tile = {
  readonly level: number;
  readonly n: number;
  readonly width: number;
  readonly hashes: Uint8Array;
};

export type TileName = Pick<Tile, 'level' | 'n' | 'width'>;

const encodeIndex = (n: number): string => {
  const digits = String(n);
  const parts = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  return parts.map((part, at) => (at === parts.length - 1 ? part : `x${part}`)).join('/');
};

/** `<N>[.p/<W>]`: the end of a tile's path. */
export const tilePath = ({ n, width }: Pick<Tile, 'n' | 'width'>): string =>
  `${encodeIndex(n)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;

/** Reads `<N>[.p/<W>]`; undefined unless it is exactly as `tilePath` writes it. */
export const parseTilePath = (path: string): Pick<Tile, 'n' | 'width'> | undefined => {
  const [, index = '', width] = /^((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  const parsed = { n: Number(index.replaceAll(/[x/]/g, '') || 'x'), width: width === undefined ? 256 : Number(width) };
  return Number.isSafeInteger(parsed.n) && parsed.width >= 1 && tilePath(parsed) === path ? parsed : undefined;
};

/** Reads `<L>`. */
export const parseTileLevel = (text: string): number | undefined =>
  /^(0|[1-9]\d?)$/.test(text) && Number(text) <= MAX_LEVEL ? Number(text) : undefined;

/** The number of hashes at a level of the tree of this size. */
export const hashesAtLevel = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** level);

export const isTileOf = ({ level, n, width }: TileName, size: number): boolean =>
  n * TILE_WIDTH + width <= hashesAtLevel(size, level);

/** The tiles on the right edge of a tree: those that are not full. */
export const partialTiles = (size: number): readonly TileName[] => {
  const tiles: TileName[] = [];
  for (let level = 0; hashesAtLevel(size, level) > 0; level++) {
    const hashes = hashesAtLevel(size, level);
    if (hashes % TILE_WIDTH !== 0)
      tiles.push({ level, n: Math.floor(hashes / TILE_WIDTH), width: hashes % TILE_WIDTH });
  }
  return tiles;
};

export const hashAt = ({ hashes }: Pick<Tile, 'hashes'>, at: number): Hash =>
  hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);

/** The hash over a power of two of hashes. */
const fold = (hashes: Uint8Array): Hash => {
  if (hashes.length === HASH_BYTES) return hashes;
  const half = hashes.length / 2;
  return nodeHash(fold(hashes.subarray(0, half)), fold(hashes.subarray(half)));
};

/** The hash of a full tile, as the level above contains it. */
export const tileRoot = ({ hashes }: Pick<Tile, 'hashes'>): Hash => fold(hashes);

const join = (hashes: readonly Hash[]): Uint8Array => Buffer.concat(hashes);

/**
 * Appends leaf hashes to a tree of which the partial tiles are given. Returns the tiles that are new or wider than
 * before, lower levels first.
 */
export const growTiles = (partial: readonly Tile[], size: number, leaves: readonly Hash[]): readonly Tile[] => {
  const grown: Tile[] = [];
  let added: readonly Hash[] = leaves;
  for (let level = 0; added.length > 0; level++) {
    const before = hashesAtLevel(size, level);
    const inTile = before % TILE_WIDTH;
    const known = partial.find((tile) => tile.level === level);
    if (inTile > 0 && known?.width !== inTile)
      throw new Error(`the tile at level ${level} of a tree of ${size} is not given`);
    const all = Buffer.concat([known === undefined || inTile === 0 ? new Uint8Array() : known.hashes, join(added)]);
    const above: Hash[] = [];
    for (let at = 0; at * HASH_BYTES < all.length; at += TILE_WIDTH) {
      const hashes = all.subarray(at * HASH_BYTES, (at + TILE_WIDTH) * HASH_BYTES);
      const tile = {
        level,
        n: Math.floor(before / TILE_WIDTH) + at / TILE_WIDTH,
        width: hashes.length / HASH_BYTES,
        hashes,
      };
      grown.push(tile);
      if (tile.width === TILE_WIDTH) above.push(tileRoot(tile));
    }
    added = above;
  }
  return grown;
};

/** Reads at least the first `width` hashes of a tile. */
export type ReadTile = (name: TileName) => Promise<Pick<Tile, 'hashes'>>;

/** The subtrees of the tree that has these tiles. */
export const subtreesOf =
  (readTile: ReadTile): ReadSubtree =>
  async (height, index) => {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const [n, at] = [Math.floor(first / TILE_WIDTH), first % TILE_WIDTH];
    const { hashes } = await readTile({ level, n, width: at + count });
    return fold(hashes.subarray(at * HASH_BYTES, (at + count) * HASH_BYTES));
  };

/** Entry bundle of tlog-tiles: each entry after its length, two bytes, big-endian. */
export const entryBundle = (entries: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
