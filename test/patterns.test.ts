import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Linter } from 'eslint';
import regexp from 'eslint-plugin-regexp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const patterns = suite('patterns of schemas, which no linter sees as patterns');
const source = fileURLToPath(new URL('../src/', import.meta.url));

/** As in .oxlintrc.json, which looks at every other pattern. */
const RULES: Linter.RulesRecord = {
  'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
  'regexp/no-super-linear-move': ['error', { report: 'potential' }],
  'regexp/no-dupe-disjunctions': ['error', { reportExponentialBacktracking: 'potential' }],
};

/** What would take more steps than a text is long; `literal` is a string as it stands in the code. */
const slowIn = (literals: readonly string[]): readonly string[] => {
  const code = literals.map((literal) => `new RegExp(${literal}, 'u');`).join('\n');
  const found = new Linter().verify(code, { plugins: { regexp }, rules: RULES });
  return found.map(({ line, message }) => `${literals[line - 1] ?? ''}: ${message}`);
};

const literalsInSource = async (): Promise<readonly string[]> => {
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(source, file), 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/\bpattern: ('(?:[^'\\\n]|\\.)*')/g)].map(([, literal = '']) => literal),
  );
};

patterns('take no more steps than the text is long', async () => {
  const literals = await literalsInSource();
  assert.ok(literals.length > 8, `${literals.length} patterns`);
  assert.equal(slowIn(literals), []);
});

patterns('that take more are found', () => {
  const planted = ["'^(a+)+$'", "'^\\\\s*(.*)\\\\s*$'", "'\\\\d+$'", "'^(\\\\w|\\\\d)*x$'"];
  for (const literal of planted) assert.is(slowIn([literal]).length > 0, true, literal);
});

patterns.run();
