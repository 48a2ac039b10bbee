import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { leafHash } from '../../../src/audit/formats/merkle.ts';
import {
  entryBundle,
  hashAt,
  isTileOf,
  parseTileLevel,
  parseTilePath,
  partialTiles,
  tilePath,
  tileRoot,
} from '../../../src/audit/formats/tiles.ts';
import { entryAt, growLog } from './grow-log.ts';

const test = suite('tiles of C2SP tlog-tiles');

test('are named by groups of three digits', () => {
  assert.is(tilePath({ n: 1_234_067, width: 256 }), 'x001/x234/067', 'the example of the specification');
  assert.is(tilePath({ n: 0, width: 256 }), '000');
  assert.is(tilePath({ n: 273, width: 112 }), '273.p/112');
  for (const n of [0, 7, 999, 1_000, 1_234_067])
    for (const width of [1, 255, 256]) assert.equal(parseTilePath(tilePath({ n, width })), { n, width });
});

test('have no other names', () => {
  const wrong = [
    '',
    '0',
    '00',
    '0000',
    '1000',
    'x000/001',
    'x001',
    '000.p/0',
    '000.p/256',
    '000.p/01',
    '000.p/',
    '-01',
    '000/',
  ];
  for (const path of [...wrong, 'x001/x234/067/', 'x001/234/067', '../000', '000.p/1/'])
    assert.is(parseTilePath(path), undefined, path);
  for (const level of ['', '-1', '00', '01', '64', '1e1', ' 1']) assert.is(parseTileLevel(level), undefined, level);
  assert.equal([parseTileLevel('0'), parseTileLevel('63')], [0, 63]);
});

test('a tree of 70,000 has the partial tiles of the specification', () => {
  assert.equal(partialTiles(70_000), [
    { level: 0, n: 273, width: 112 },
    { level: 1, n: 1, width: 17 },
    { level: 2, n: 0, width: 1 },
  ]);
  assert.equal(partialTiles(256), [{ level: 1, n: 0, width: 1 }]);
  assert.equal(partialTiles(0), []);
});

test('hold the hashes of entries, and above them the hashes of full tiles', () => {
  const { tiles } = growLog([200, 57, 256]);
  const [first, second, third] = ['0/0', '0/1', '0/2'].map((name) => tiles.get(name));
  const above = tiles.get('1/0');
  if (first === undefined || second === undefined || third === undefined || above === undefined)
    throw new Error('a tile is missing');
  assert.equal([first.width, second.width, third.width, above.width], [256, 256, 1, 2]);
  assert.equal(Buffer.from(hashAt(first, 255)), Buffer.from(leafHash(entryAt(255))));
  assert.equal(Buffer.from(hashAt(third, 0)), Buffer.from(leafHash(entryAt(512))));
  assert.equal(Buffer.from(hashAt(above, 1)), Buffer.from(tileRoot(second)));
});

test('belong to a tree that has all of their hashes', () => {
  assert.ok(isTileOf({ level: 0, n: 0, width: 3 }, 3));
  assert.not(isTileOf({ level: 0, n: 0, width: 4 }, 3));
  assert.ok(isTileOf({ level: 1, n: 0, width: 1 }, 256));
  assert.not(isTileOf({ level: 1, n: 0, width: 1 }, 255));
});

test('entries are bundled with their length before each', () => {
  assert.is(Buffer.from(entryBundle([Buffer.from('ab'), Buffer.from('c')])).toString('hex'), '00026162000163');
});

test.run();
