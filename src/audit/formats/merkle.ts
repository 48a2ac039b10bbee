import { hash } from 'node:crypto';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

const sha256 = (bytes: Uint8Array): Hash => hash('sha256', bytes, 'buffer');

/** Leaves and nodes are hashed with different first bytes, so that no node can pass for a leaf. */
const [LEAF, NODE] = [0x00, 0x01];

/** What is hashed, written anew for each hash: a verification makes two for every event. */
const ENTRY_BYTES = new Uint8Array(1 + HASH_BYTES).fill(LEAF, 0, 1);
const NODE_BYTES = new Uint8Array(1 + 2 * HASH_BYTES).fill(NODE, 0, 1);

/** The root of the empty tree: the hash of no bytes. */
export const EMPTY_ROOT: Hash = sha256(new Uint8Array());

/** SHA-256(0x00 ‖ leaf), as RFC 6962 section 2.1 defines it. */
export const leafHash = (leaf: Uint8Array): Hash => {
  if (leaf.length === HASH_BYTES) {
    ENTRY_BYTES.set(leaf, 1);
    return sha256(ENTRY_BYTES);
  }
  const bytes = new Uint8Array(1 + leaf.length);
  bytes[0] = LEAF;
  bytes.set(leaf, 1);
  return sha256(bytes);
};

/** SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Hash, right: Hash): Hash => {
  NODE_BYTES.set(left, 1);
  NODE_BYTES.set(right, 1 + HASH_BYTES);
  return sha256(NODE_BYTES);
};

export const isSameHash = (one: Hash, other: Hash): boolean => Buffer.compare(one, other) === 0;

/** Leaves from `from` up to, but not including, `to`. */
type Range = { readonly from: number; readonly to: number };

/** The largest power of two below n, for n above 1: where RFC 6962 divides a tree. */
const splitOf = (n: number): number => {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
};

/**
 * Returns the hash over the leaves `index * 2^height` to `(index + 1) * 2^height` of a log. Every tree hash is made of
 * such hashes, and they never change once all their leaves exist.
 */
export type ReadSubtree = (height: number, index: number) => Promise<Hash>;

const hashOfRange = async (read: ReadSubtree, { from, to }: Range): Promise<Hash> => {
  const width = to - from;
  const height = Math.log2(width);
  if (Number.isInteger(height) && from % width === 0) return read(height, from / width);
  const middle = from + splitOf(width);
  return nodeHash(await hashOfRange(read, { from, to: middle }), await hashOfRange(read, { from: middle, to }));
};

const hashesOf = (read: ReadSubtree, ranges: readonly Range[]): Promise<readonly Hash[]> =>
  Promise.all(ranges.map((range) => hashOfRange(read, range)));

/** The root of the tree over the first `size` leaves. */
export const rootAt = (read: ReadSubtree, size: number): Promise<Hash> =>
  size === 0 ? Promise.resolve(EMPTY_ROOT) : hashOfRange(read, { from: 0, to: size });

/** PATH(m, D[n]) of RFC 6962 section 2.1.1. */
const inclusionRanges = (index: number, { from, to }: Range): readonly Range[] => {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  const [left, right] = [
    { from, to: middle },
    { from: middle, to },
  ];
  return index < middle ? [...inclusionRanges(index, left), right] : [...inclusionRanges(index, right), left];
};

/** SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2. */
const consistencyRanges = (old: number, { from, to }: Range, isOldRoot: boolean): readonly Range[] => {
  if (old === to) return isOldRoot ? [] : [{ from, to }];
  const middle = from + splitOf(to - from);
  const [left, right] = [
    { from, to: middle },
    { from: middle, to },
  ];
  return old <= middle
    ? [...consistencyRanges(old, left, isOldRoot), right]
    : [...consistencyRanges(old, right, false), left];
};

/** A proof that the leaf at `index` is in the tree of this size; the sibling of the leaf comes first. */
export const inclusionProof = (read: ReadSubtree, index: number, size: number): Promise<readonly Hash[]> => {
  if (index < 0 || index >= size) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  return hashesOf(read, inclusionRanges(index, { from: 0, to: size }));
};

/** A proof that the larger tree begins with the smaller tree. */
export const consistencyProof = (read: ReadSubtree, from: number, to: number): Promise<readonly Hash[]> => {
  if (from < 0 || from > to) throw new RangeError(`a tree of ${from} does not precede one of ${to}`);
  return from === 0 ? Promise.resolve([]) : hashesOf(read, consistencyRanges(from, { from: 0, to }, true));
};

const rootFromInclusion = (
  index: number,
  { from, to }: Range,
  leaf: Hash,
  proof: readonly Hash[],
): Hash | undefined => {
  if (to - from === 1) return proof.length === 0 ? leaf : undefined;
  const sibling = proof.at(-1);
  if (sibling === undefined) return undefined;
  const middle = from + splitOf(to - from);
  const isLeft = index < middle;
  const own = rootFromInclusion(index, isLeft ? { from, to: middle } : { from: middle, to }, leaf, proof.slice(0, -1));
  if (own === undefined) return undefined;
  return isLeft ? nodeHash(own, sibling) : nodeHash(sibling, own);
};

export type Tree = { readonly size: number; readonly root: Hash };

/** Whether the proof shows that a leaf of this hash is at `index` of the tree. */
export const isIncluded = (leaf: Hash, index: number, { size, root }: Tree, proof: readonly Hash[]): boolean => {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  const found = rootFromInclusion(index, { from: 0, to: size }, leaf, proof);
  return found !== undefined && isSameHash(found, root);
};

/** The two roots that follow from a consistency proof: of the smaller tree and of the larger tree. */
const rootsFromConsistency = (
  old: number,
  { from, to }: Range,
  oldRoot: Hash | undefined,
  proof: readonly Hash[],
): { readonly before: Hash; readonly after: Hash } | undefined => {
  if (old === to) {
    const [hash, ...more] = oldRoot === undefined ? proof : [oldRoot, ...proof];
    return hash === undefined || more.length > 0 ? undefined : { before: hash, after: hash };
  }
  const last = proof.at(-1);
  if (last === undefined) return undefined;
  const rest = proof.slice(0, -1);
  const middle = from + splitOf(to - from);
  if (old <= middle) {
    const left = rootsFromConsistency(old, { from, to: middle }, oldRoot, rest);
    return left === undefined ? undefined : { before: left.before, after: nodeHash(left.after, last) };
  }
  const right = rootsFromConsistency(old, { from: middle, to }, undefined, rest);
  return right === undefined ? undefined : { before: nodeHash(last, right.before), after: nodeHash(last, right.after) };
};

/** Whether the proof shows that the larger tree begins with the smaller tree. */
export const isConsistent = (before: Tree, after: Tree, proof: readonly Hash[]): boolean => {
  if (before.size > after.size) return false;
  if (before.size === 0) return proof.length === 0 && isSameHash(before.root, EMPTY_ROOT);
  const roots = rootsFromConsistency(before.size, { from: 0, to: after.size }, before.root, proof);
  return roots !== undefined && isSameHash(roots.before, before.root) && isSameHash(roots.after, after.root);
};

/** A perfect subtree. */
export type Peak = { readonly hash: Hash; readonly leaves: number };

/** The perfect subtrees of the tree over the first `size` leaves, from left to right: one for each bit of its size. */
export const peaksAt = async (read: ReadSubtree, size: number): Promise<readonly Peak[]> => {
  const peaks: Peak[] = [];
  for (let from = 0; from < size;) {
    const height = Math.floor(Math.log2(size - from));
    const leaves = 2 ** height;
    peaks.push({ hash: await read(height, from / leaves), leaves });
    from += leaves;
  }
  return peaks;
};

/** Told of each perfect subtree of so many leaves, and of the number of leaves up to its end. */
type Watched = { readonly leaves: number; readonly onPeak: (hash: Hash, end: number) => void };

/** A tree that grows leaf by leaf, from these peaks on, and keeps only the hashes that later roots need. */
export const growTree = (from: readonly Peak[] = [], watched?: Watched) => {
  const peaks = [...from];
  let size = from.reduce((sum, { leaves }) => sum + leaves, 0);
  return {
    size: (): number => size,
    append: (leaf: Hash): void => {
      let peak = { hash: leaf, leaves: 1 };
      for (let last = peaks.at(-1); last?.leaves === peak.leaves; last = peaks.at(-1)) {
        peaks.pop();
        peak = { hash: nodeHash(last.hash, peak.hash), leaves: 2 * peak.leaves };
        if (peak.leaves === watched?.leaves) watched.onPeak(peak.hash, size + 1);
      }
      peaks.push(peak);
      size += 1;
    },
    root: (): Hash => {
      const last = peaks.at(-1);
      if (last === undefined) return EMPTY_ROOT;
      return peaks.slice(0, -1).reduceRight((right, { hash: left }) => nodeHash(left, right), last.hash);
    },
  };
};

export type GrowingTree = ReturnType<typeof growTree>;
