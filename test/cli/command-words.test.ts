import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { oneOf, parseFlags, unknownWord } from '../../src/cli/command-words.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

const USAGE = 'Use: pack --out <file> [--json]';

const said = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.instance(error, UsageError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was taken');
};

test('a wrong word is named first, with the one that was meant, or with all', () => {
  const names = ['orders', 'order-lines', 'returns', 'payments'];
  const help = (word: string): string => unknownWord('table', word, { known: names, usage: USAGE }).message;
  assert.is(help('order'), `The table "order" is not known. Did you mean orders?\n\n${USAGE}`);
  assert.match(help('Payment'), 'Did you mean payments?');
  assert.match(help('order_lines'), 'Did you mean order-lines?');
  assert.match(help('x'), `The table "x" is not known. Expected one of ${names.join(', ')}.`);
});

test('an option that is wrong, lacks its value, has one too many or stands alone is named', () => {
  const parse = (...args: readonly string[]): string =>
    said(() => parseFlags({ args: [...args], options: { out: { type: 'string' }, json: { type: 'boolean' } } }, USAGE));
  assert.is(parse('--jsn'), `The option "--jsn" is not known. Did you mean --json?\n\n${USAGE}`);
  assert.is(parse('--out'), `--out needs a value.\n\n${USAGE}`);
  assert.is(parse('--out', '--json'), `--out needs a value.\n\n${USAGE}`);
  assert.is(parse('--json=yes'), `--json takes no value.\n\n${USAGE}`);
  assert.is(parse('more'), `"more" is one word too many.\n\n${USAGE}`);
  assert.is(
    said(() => oneOf('format', 'xml', ['csv', 'json'])),
    '--format is "xml"; expected one of csv, json',
  );
});

test.run();
