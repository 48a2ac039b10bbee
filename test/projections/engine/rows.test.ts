import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCheckpoint, projection, writeRows } from '../../../src/projections/engine/index.ts';
import { loadRows } from '../../../src/projections/engine/rows.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

const test = suite('rows');
let database: TestDatabase;
test.before(async () => {
  database = await openTestDatabase();
});
test.after(() => database.close());

type Sample = {
  readonly id: string;
  readonly words: readonly (string | null)[] | null;
  readonly amounts: readonly number[];
  readonly note: string | null;
  readonly amount: number;
  readonly is_held: boolean;
  readonly state: unknown;
};

const samples = projection<Sample>({
  name: 'samples',
  version: 1,
  prefixes: ['sample-'],
  table: 'samples',
  key: 'id',
  columns: {
    id: 'text',
    words: 'text[]',
    amounts: 'bigint[]',
    note: 'text',
    amount: 'numeric',
    is_held: 'boolean',
    state: 'json',
  },
  evolve: (row) => row,
});
const target = { table: 'samples', sums: undefined, checkpoint: 'samples' };

const written: readonly Sample[] = [
  {
    id: 'a',
    words: ['plain', 'with "quotes"', 'back\\slash', '{a,b}', '', 'NULL', null, 'मीरा 🛒'],
    amounts: [1, -2, 9_007_199_254_740_991],
    note: 'a line,\nanother "line"',
    amount: 12.345,
    is_held: true,
    state: { text: 'with "quotes" and \\', list: [1, null, { deep: 'ü' }], none: null },
  },
  { id: 'b', words: [], amounts: [], note: '', amount: 0, is_held: false, state: 'a text' },
  { id: 'c', words: null, amounts: [0], note: null, amount: -1, is_held: false, state: [] },
];

test('rows are read back as they were written, whatever is in them', async () => {
  const { db } = database;
  await db.raw(`create table samples (id text primary key, words text[], amounts bigint[] not null, note text,
    amount numeric not null, is_held boolean not null, state json not null, written_by xid8)`);
  const { epoch } = await openCheckpoint(db, samples);
  const changes = { upserts: written, removals: [], counters: [], sums: [] };
  const write = { projection: samples, target, move: { epoch, from: 0n, to: 1n }, changes };
  assert.ok(await writeRows(db, write));
  const { entries, left } = await loadRows(db, samples, target, ['b', 'nobody', 'a', 'c']);
  assert.equal(left, []);
  assert.equal([...entries.keys()].toSorted(), ['a', 'b', 'c']);
  for (const row of written) assert.equal(entries.get(row.id)?.stored, row);
});

test('of rows that are too many bytes together, those in front are loaded, the first whatever its size', async () => {
  const { db } = database;
  const some = await loadRows(db, samples, target, ['b', 'nobody', 'c', 'a'], 250);
  assert.equal([...some.entries.keys()], ['b', 'c']);
  assert.equal(some.left, ['a']);
  const first = await loadRows(db, samples, target, ['a', 'b'], 1);
  assert.equal([...first.entries.keys()], ['a']);
  assert.equal(first.left, ['b']);
});

test.run();
