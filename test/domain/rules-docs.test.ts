import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('docs/rules.md');
const repository = fileURLToPath(new URL('../../', import.meta.url));
const domain = join(repository, 'src/domain');

const CODE = /'((?:order|return|payment|refund|feedback|document|cart|catalogue)\.[a-z_]+)'/g;

const codesIn = async (file: string): Promise<readonly string[]> =>
  [...(await readFile(join(domain, file), 'utf8')).matchAll(CODE)].flatMap(([, code = '']) => code);

test('has an example for every rejection', async () => {
  const files = (await readdir(domain, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const codes = new Set((await Promise.all(files.map(codesIn))).flat());
  const rules = await readFile(join(repository, 'docs/rules.md'), 'utf8');
  assert.ok(codes.size > 40, `only ${codes.size} rejections found`);
  for (const code of codes) assert.ok(rules.includes(`\`${code}\``), `${code} has no example in docs/rules.md`);
});

test('names only files that exist', async () => {
  const files = new Set(await readdir(domain, { recursive: true }));
  const rules = await readFile(join(repository, 'docs/rules.md'), 'utf8');
  const named = [...rules.matchAll(/`((?:order|return|payment|document|catalogue)\/[a-z/-]*(?:\.ts)?)`/g)];
  assert.ok(named.length > 15);
  for (const [, file = ''] of named) assert.ok(files.has(file.replace(/\/$/, '')), `${file} does not exist`);
});

test.run();
