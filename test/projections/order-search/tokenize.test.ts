import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { typedWords, wordsOf, wordsOfEmail } from '../../../src/projections/order-search/tokenize.ts';

const test = suite('words that orders are found by');

test('letters are small and without accents, whatever the script', () => {
  assert.equal(wordsOf('Crème  BRÛLÉE'), ['creme', 'brulee']);
  assert.equal(wordsOf('मीरा शर्मा'), ['मीरा', 'शर्मा']);
  assert.equal(wordsOf('Ελένη'), ['ελενη']);
});

test('what punctuation joins is one word, and its parts are words too', () => {
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

test.run();
