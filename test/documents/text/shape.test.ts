import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shape } from '../../../src/documents/text/shape.ts';

const test = suite('shaping');

const copied = (text: string) =>
  shape(text, 'regular')
    .flatMap(({ glyphs }) => glyphs.map((glyph) => glyph.text))
    .join('');
const drawn = (text: string) =>
  shape(text, 'regular').flatMap(({ glyphs }) => glyphs.filter(({ advance }) => advance > 0));

test('Devanagari syllables are joined, reordered, and copied as they were typed', () => {
  const words = `क्षत्रिय श्रीमती द्विवेदी हिन्दी आकांक्षा कर्ता ट्रॉली ज्ञानेन्द्र प्रिया पुणे महाराष्ट्र मार्ग विश्वविद्यालय
    उत्तर ब्रह्मपुत्र संस्कृत विद्यार्थी स्त्री शृंगार हृदय रुपये कृष्ण लक्ष्मी दुर्गा सूर्य चन्द्र वाङ्मय उज्ज्वल चिह्न आह्वान बुद्ध
    शक्ति मूर्ति तीर्थंकर ऑफ़िस ॐ १२३४५६७८९० भारत। दिल्ली मुंबई बेंगलुरु इन्दौर त्र्यंबक धृतराष्ट्र`.split(/\s+/);
  for (const word of words) assert.is(copied(word).normalize('NFC'), word.normalize('NFC'));
  assert.is(drawn('क्ष').length, 1, 'a conjunct is one glyph');
  const [vowel, consonant] = drawn('कि');
  assert.ok(vowel && consonant && vowel.advance < consonant.advance, 'the short i stands before its consonant');
});

test('marks sit above their letter', () => {
  const [cluster] = shape('ñ̈', 'regular');
  const mark = cluster?.glyphs[1];
  assert.ok(mark && mark.advance === 0 && mark.dy > 0);
});

test('a lone mark, a joiner and an empty text are drawn without an error', () => {
  for (const text of ['', '\u0301', 'ि', '्', '\u200d', 'क\u200d', '\ud800', '\ufe0f'])
    assert.ok(Array.isArray(shape(text, 'bold')));
  assert.is(copied('\u200d\u202e\ufeff'), '');
  assert.is(copied('\ud800'), '□');
});

test('an emoji of several characters is one box', () => {
  assert.is(copied('👩‍🚀👍🏽🇮🇳❤️'), '□□□❤');
});

test.run();
