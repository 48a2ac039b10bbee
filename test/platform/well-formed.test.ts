import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseWellFormed, wellFormed } from '../../src/platform/well-formed.ts';

const test = suite('well-formed text');

test('half a character and a NUL become U+FFFD, however deep they are, in names of members too', () => {
  assert.equal(wellFormed({ 'a\0': ['Zoe \ud83d', { b: '\udc4b!' }], c: 1, d: null }), {
    'a\ufffd': ['Zoe \ufffd', { b: '\ufffd!' }],
    c: 1,
    d: null,
  });
});

test('a well-formed value is returned unchanged', () => {
  const value = { name: 'Zoë 👋', tags: ['a', { b: true }], none: undefined };
  assert.is(wellFormed(value), value);
});

test('escapes in JSON become well-formed text, too', () => {
  assert.equal(parseWellFormed('{"a\\u0000":["Zoe \\ud83d"],"b":"\\ud83d\\udc4b","c":"\\n \\\\u"}'), {
    'a\ufffd': ['Zoe \ufffd'],
    b: '👋',
    c: '\n \\u',
  });
});

test.run();
