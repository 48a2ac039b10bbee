import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  consistencyProof,
  growTree,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  rootAt,
  type Hash,
} from '../../../src/audit/formats/merkle.ts';
import { always } from '../../support/property.ts';
import { definedRoot, entries, entryAt, growLog } from './grow-log.ts';

const test = suite('Merkle tree of RFC 6962');

const isRangeError = (error: unknown): boolean => error instanceof RangeError;
const hex = (hash: Hash): string => Buffer.from(hash).toString('hex');
const rootOf = (leaves: readonly Uint8Array[]): Hash => {
  const tree = growTree();
  for (const leaf of leaves) tree.append(leafHash(leaf));
  return tree.root();
};

/** Sizes around the width of a tile, and the small ones of the RFC. */
const SIZES = [1, 2, 3, 255, 256, 257, 513];

test('has the roots that Certificate Transparency publishes for its reference leaves', () => {
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  for (const [size, root] of roots.entries())
    assert.is(hex(rootOf(leaves.slice(0, size).map((leaf) => Buffer.from(leaf, 'hex')))), root, `size ${size}`);
});

for (const size of SIZES)
  test(`tiles, a growing tree and the definition agree at size ${size}`, async () => {
    const expected = hex(definedRoot(entries(size).map(leafHash)));
    assert.is(hex(rootOf(entries(size))), expected);
    assert.is(hex(await rootAt(growLog([size]).read, size)), expected);
    assert.is(hex(await rootAt(growLog(Array.from({ length: size }, () => 1)).read, size)), expected);
    assert.is(
      hex(await rootAt(growLog([600]).read, size)),
      expected,
      'the root of the past, in a log that has grown on',
    );
  });

test('proves every entry of a tree, and none at another place, with another content or in another tree', async () => {
  const { read } = growLog([600]);
  for (const size of SIZES) {
    const root = await rootAt(read, size);
    for (const index of new Set([0, 1, 2, 254, 255, 256, size - 2, size - 1].filter((at) => at >= 0 && at < size))) {
      const proof = await inclusionProof(read, index, size);
      const leaf = leafHash(entryAt(index));
      assert.ok(isIncluded(leaf, index, { size, root }, proof), `${index} of ${size}`);
      assert.not(isIncluded(leafHash(entryAt(index + 1)), index, { size, root }, proof));
      assert.not(isIncluded(leaf, index, { size, root: leaf.map((byte) => byte ^ 1) }, proof));
      assert.not(isIncluded(leaf, index, { size, root }, [...proof, leaf]));
      assert.not(isIncluded(leaf, size, { size, root }, proof));
      if (size > 1) assert.not(isIncluded(leaf, index, { size, root }, proof.slice(1)));
      if (size > 1) assert.not(isIncluded(leaf, index === 0 ? 1 : index - 1, { size, root }, proof));
    }
  }
});

test('proves that one tree is how another began, and rejects any other pair of roots', async () => {
  const { read } = growLog([600]);
  for (const from of [0, ...SIZES])
    for (const to of SIZES.filter((size) => size >= from)) {
      const [before, after] = [await rootAt(read, from), await rootAt(read, to)];
      const proof = await consistencyProof(read, from, to);
      const other = leafHash(before);
      assert.ok(isConsistent({ size: from, root: before }, { size: to, root: after }, proof), `${from} to ${to}`);
      assert.not(isConsistent({ size: from, root: other }, { size: to, root: after }, proof));
      if (from > 0) assert.not(isConsistent({ size: from, root: before }, { size: to, root: other }, proof));
      assert.not(isConsistent({ size: from, root: before }, { size: to, root: after }, [...proof, other]));
    }
});

test('does not prove what is not there', () => {
  const { read } = growLog([3]);
  assert.throws(() => inclusionProof(read, 3, 3), isRangeError);
  assert.throws(() => consistencyProof(read, 3, 2), isRangeError);
});

test('holds for a log that grows in steps of any size', async () => {
  const steps = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 });
  const cases = fc.sample(steps, { numRuns: 20, seed: 1 });
  for (const some of cases) {
    const { size, read } = growLog(some);
    assert.is(hex(await rootAt(read, size)), hex(rootOf(entries(size))), `steps ${some.join(', ')}`);
  }
});

test('changes its root with every byte of every entry', () => {
  always(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(39), fc.nat(31), (size, at, byte) => {
      const given = entries(size);
      const changed = given.map((entry, index) =>
        index === at % size ? entry.map((value, place) => (place === byte ? value ^ 1 : value)) : entry,
      );
      assert.is.not(hex(rootOf(changed)), hex(rootOf(given)));
    }),
    50,
  );
});

test.run();
