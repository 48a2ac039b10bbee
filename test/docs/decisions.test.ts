import { readFile, readdir } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('docs/decisions');
const folder = new URL('../../docs/decisions/', import.meta.url);
const MAX_LINES = 40;
/** The parts of a decision, in their order. */
const PARTS = ['Context', 'Decision', 'Rejected', 'Consequences'];

type Decision = { readonly file: string; readonly number: number; readonly title: string; readonly text: string };

const readDecisions = async (): Promise<readonly Decision[]> => {
  const files = (await readdir(folder)).filter((name) => name !== 'README.md').toSorted();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, folder), 'utf8');
      const [, number = '', title = ''] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
      return { file, number: Number(number), title, text };
    }),
  );
};

/** The rows of the index: number and what stands in its second column. */
const readIndex = async (): Promise<readonly (readonly [number: number, entry: string])[]> => {
  const text = await readFile(new URL('README.md', folder), 'utf8');
  return [...text.matchAll(/^\| (\d+) \| (.+?) \|/gm)].map(([, number = '', entry = '']) => [Number(number), entry]);
};

const partsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^\*\*([A-Z][a-z]+)\.\*\* /gm)].map(([, part = '']) => part);

test('every decision has at most 40 lines', async () => {
  for (const { file, text } of await readDecisions())
    assert.ok(text.trimEnd().split('\n').length <= MAX_LINES, `${file} has more than ${MAX_LINES} lines`);
});

test('every decision has context, decision, rejected alternatives and consequences, once each', async () => {
  const decisions = await readDecisions();
  assert.ok(decisions.length > 50);
  for (const { file, text } of decisions) assert.equal(partsOf(text), PARTS, file);
});

test('the number of a decision is that of its file', async () => {
  for (const { file, number, title } of await readDecisions()) {
    assert.is(file.slice(0, 5), `${String(number).padStart(4, '0')}-`);
    assert.ok(title.length > 0, file);
  }
});

test('the index has one line for every number, with the title of the decision or that it was never used', async () => {
  const decisions = new Map((await readDecisions()).map((decision) => [decision.number, decision]));
  const last = Math.max(...decisions.keys());
  const expected = Array.from({ length: last }, (_, index) => {
    const decision = decisions.get(index + 1);
    return [index + 1, decision === undefined ? 'never used' : `[${decision.title}](${decision.file})`];
  });
  assert.equal(await readIndex(), expected);
});

test.run();
