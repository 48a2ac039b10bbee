import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('docs/coverage.md');
const repository = fileURLToPath(new URL('../../', import.meta.url));
const CAPABILITIES = 105;

type Row = { readonly id: string; readonly where: string; readonly shown: string };

const readRows = async (): Promise<readonly Row[]> => {
  const text = await readFile(join(repository, 'docs/coverage.md'), 'utf8');
  return [...text.matchAll(/^\| (F\d+) \|[^|]+\|([^|]+)\|([^|]+)\|$/gm)].map(([, id = '', where = '', shown = '']) => ({
    id,
    where,
    shown,
  }));
};

const NAME = /`((?:src|test|docs|bench|migrations|scripts)\/[^`]+|[\w.-]+\.(?:md|json|yaml)|\.env\.example)`/g;
const namesIn = (text: string): readonly string[] => [...text.matchAll(NAME)].map(([, name = '']) => name);

test('has one row for every capability, in order', async () => {
  const ids = (await readRows()).map(({ id }) => id);
  assert.equal(
    ids,
    Array.from({ length: CAPABILITIES }, (_, index) => `F${index + 1}`),
  );
});

test('names only files that exist', async () => {
  const named = (await readRows()).flatMap(({ id, where, shown }) =>
    [...namesIn(where), ...namesIn(shown)].map((name) => ({ id, name })),
  );
  assert.ok(named.length > 150);
  for (const { id, name } of named)
    await access(join(repository, name)).catch(() => assert.unreachable(`${id}: ${name} does not exist`));
});

test('every row says where it is and what shows it, or that it is not there yet', async () => {
  for (const { id, where, shown } of await readRows()) {
    const isShown = namesIn(shown).some((name) => name.endsWith('.test.ts'));
    if (isShown) assert.ok(namesIn(where).length > 0, `${id} does not say where`);
    else assert.match(shown, /not yet/, id);
    if (where.trim() === '-') assert.match(shown, /^ not yet/, id);
  }
});

test.run();
