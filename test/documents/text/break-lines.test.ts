import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { breakLines } from '../../../src/documents/text/break-lines.ts';
import { widthOf } from '../../../src/documents/text/shape.ts';

const test = suite('lines');

const style = { size: 10, weight: 'regular' } as const;
const broken = (text: string, width: number, maxLines = 9) =>
  breakLines(text, width, style, maxLines).map((line) => line.map((cluster) => cluster.text).join(''));

test('text is broken at blanks, which are not printed at the ends', () => {
  assert.equal(broken('one two  three', 40), ['one two', 'three']);
});

test('a word longer than the line is broken anywhere', () => {
  assert.equal(broken('iiiiiiiiii', 13).join(''), 'iiiiiiiiii');
  assert.ok(broken('iiiiiiiiii', 13).length > 1);
});

test('no line is wider than the room it has', () => {
  const text = 'The quick brown fox jumps over the Donaudampfschifffahrtsgesellschaft and क्षत्रिय';
  for (const line of breakLines(text, 60, style, 99)) assert.ok(widthOf(line, style.size) <= 60);
});

test('what is beyond the last line is cut with an ellipsis inside the room', () => {
  const lines = breakLines('one two three four five six', 40, style, 2);
  assert.is(lines.length, 2);
  assert.is(lines[1]?.at(-1)?.text, '…');
  assert.ok(widthOf(lines[1] ?? [], style.size) <= 40);
});

test('text that just fits is not cut', () => {
  assert.equal(broken('one two', 40, 1), ['one two']);
});

test('blank text has no lines, and a width of 0 ends', () => {
  assert.equal(broken('  ', 40), []);
  assert.equal(broken('abc', 0), ['a', 'b', 'c']);
});

test.run();
