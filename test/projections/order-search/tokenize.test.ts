import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  pairsOf,
  typedPhone,
  typedWords,
  wordOfPhone,
  wordsOf,
  wordsOfEmail,
} from '../../../src/projections/order-search/tokenize.ts';
import { soughtFor, termsOf } from '../../../src/projections/order-search/terms.ts';

const test = suite('words that orders are found by');

test('letters of every script are lower-cased and lose their accents', () => {
  assert.equal(wordsOf('Crème  BRÛLÉE'), ['creme', 'brulee']);
  assert.equal(wordsOf('मीरा शर्मा'), ['मीरा', 'शर्मा']);
  assert.equal(wordsOf('Ελένη'), ['ελενη']);
  assert.equal(wordsOf('WEIẞ Straße Đức Łódź Søren Æsir'), ['weiss', 'strasse', 'duc', 'lodz', 'soren', 'aesir']);
});

test('parts joined by punctuation are one word, and a word each', () => {
  assert.equal(wordsOf('"OIL-1L",'), ['oil-1l', 'oil', '1l']);
  assert.equal(typedWords(' ORD-2026-000007 ? '), ['ord-2026-000007']);
  assert.equal(wordsOf('… -- !'), []);
});

test('a word that is cut is still text', () => {
  const [word = ''] = wordsOf(`${'x'.repeat(59)}𠀀𠀀`);
  assert.ok(word.isWellFormed());
  assert.is(word.length, 60);
});

test('an e-mail address is found by its name, and not by a domain that many share', () => {
  assert.equal(wordsOfEmail('Meera.Sharma@shop.example'), [
    'meera.sharma@shop.example',
    'meera.sharma',
    'meera',
    'sharma',
  ]);
  assert.equal(wordsOfEmail(''), []);
});

test('a word of a script without spaces is found by each character and each pair of them', () => {
  assert.equal(wordsOf('王小明'), ['王小明', '王小', '小明', '王', '小', '明']);
  assert.equal(pairsOf('abc商店街x'), ['商店', '店街']);
  assert.equal(wordsOf('ﾃﾞｰﾀ'), wordsOf('データ'));
});

test('a telephone number is one word, whatever its spaces and zeros', () => {
  for (const phone of ['+49 171 2345678', '0049-171/2345678', '(49) 171.2345678', '+４９ 171 2345678'])
    assert.is(wordOfPhone(phone), '#491712345678');
  assert.equal([wordOfPhone('none'), wordOfPhone('123'), typedPhone('171 Main St')], [undefined, undefined, undefined]);
  assert.is(typedPhone(' 0171 2345678 '), '#1712345678');
});

test('two words that differ by one typing error share a term, and two others do not', () => {
  const [variants, share] = [
    (word: string) => termsOf(word).filter((term) => term.startsWith('variant')),
    (typed: string, word: string) =>
      soughtFor(typed).some(({ meaning, term }) => meaning === 'typo' && termsOf(word).includes(term)),
  ];
  for (const typed of ['konstnatin', 'konstatin', 'konnstantin', 'konstantyn', 'konstantin@shop.example'])
    assert.ok(share(typed, 'konstantin'), typed);
  for (const typed of ['konrad', 'tin', 'konstantinopel']) assert.not.ok(share(typed, 'konstantin'), typed);
  assert.equal([variants('oil'), variants('mug-350'), variants('王小明王')], [[], [], []]);
});

test.run();
