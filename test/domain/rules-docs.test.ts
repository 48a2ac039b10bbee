import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXAMPLES, OF_THE_OTHER_AGGREGATE, rejectionTable } from './rejection-examples.ts';

const test = suite('docs/rules.md');
const repository = fileURLToPath(new URL('../../', import.meta.url));
const file = join(repository, 'docs/rules.md');
const examples = Object.entries(EXAMPLES);

const codeOf = (decision: unknown): unknown =>
  typeof decision === 'object' && decision !== null && 'rejected' in decision ? decision.rejected : decision;

test('every rejection has an example, and the rules decide it so', () => {
  assert.ok(examples.length > 70, `only ${examples.length} examples`);
  for (const [code, example] of examples)
    if ('decide' in example) assert.equal(codeOf(example.decide()), code, `${code}: ${example.when}`);
});

test('a rejection that two aggregates share is decided by both', () => {
  for (const [code, { when, decide }] of Object.entries(OF_THE_OTHER_AGGREGATE))
    assert.equal(codeOf(decide()), code, `${code}: ${when}`);
});

test('what is decided between aggregates is asserted by the test that the example names', async () => {
  for (const [code, example] of examples) {
    if ('decide' in example) continue;
    const text = await readFile(join(repository, example.test), 'utf8');
    assert.ok(text.includes(`'${code}'`), `${example.test} does not assert ${code}`);
  }
});

test('lists every rejection with its example', async () => {
  const table = rejectionTable();
  const rules = await readFile(file, 'utf8');
  assert.ok(rules.includes(table), `docs/rules.md must end with this table:\n${table}`);
});

test('names no file that does not exist', async () => {
  const files = new Set(await readdir(join(repository, 'src/domain'), { recursive: true }));
  const rules = await readFile(file, 'utf8');
  const named = [...rules.matchAll(/`((?:order|return|payment|document|catalogue|shared)\/[a-z/-]*(?:\.ts)?)`/g)];
  assert.ok(named.length > 15);
  for (const [, name = ''] of named) assert.ok(files.has(name.replace(/\/$/, '')), `${name} does not exist`);
});

test.run();
