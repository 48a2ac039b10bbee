/** Longer beginnings of words find nothing but the whole word. */
const LONGEST_BEGINNING = 24;
const SHORTEST_ENDING = 4;
/** A number that was typed with a country's prefix may have been entered without. */
const SHORTEST_WITHOUT_PREFIX = 7;
/** Only such words may be mistyped: no numbers, and nothing so short that everything is alike. */
const MAY_BE_MISTYPED = /^[\p{L}\p{M}]{4,20}$/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const isPhone = (word: string): boolean => word.startsWith('#');

/** What is indexed, by kind, so that a beginning is never taken for a word. */
export const wordTerm = (word: string): string => `word ${word}`;
const beginningTerm = (beginning: string): string => `beginning ${beginning}`;
const variantTerm = (variant: string): string => `variant ${variant}`;
const endingTerm = (digits: string): string => `ending ${digits}`;

/** An address begins as the name in it does, which is a word of its own: only what goes beyond is needed. */
const beginningsOf = (word: string): readonly string[] => {
  const characters = Array.from(word);
  const from = word.includes('@') ? word.indexOf('@') + 1 : 1;
  const to = Math.min(characters.length - 1, LONGEST_BEGINNING);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => characters.slice(0, from + n).join(''));
};

/** The word, and the word with each of its letters left out: two words that differ by one typing error share one. */
const variantsOf = (word: string): readonly string[] => {
  if (!MAY_BE_MISTYPED.test(word) || UNSPACED.test(word)) return [];
  const characters = Array.from(word);
  return [...new Set([word, ...characters.map((_, n) => characters.toSpliced(n, 1).join(''))])];
};

const endingsOf = (digits: string, shortest: number): readonly string[] =>
  Array.from({ length: Math.max(0, digits.length - shortest) }, (_, n) => digits.slice(-(shortest + n)));

/** What a word is found by, besides itself. */
export const termsOf = (word: string): readonly string[] =>
  isPhone(word)
    ? endingsOf(word.slice(1), SHORTEST_ENDING).map(endingTerm)
    : [...beginningsOf(word).map(beginningTerm), ...variantsOf(word).map(variantTerm)];

/** How a word was meant: as it stands, as the beginning of a longer one, or with a typing error. */
export const MEANINGS = ['exact', 'prefix', 'typo'] as const;
export type Meaning = (typeof MEANINGS)[number];

export type Sought = { readonly meaning: Meaning; readonly term: string };

/** In an e-mail address only the name may be mistyped. */
const mistypable = (typed: string): string => typed.split('@')[0] ?? typed;

/** What to look for, given what was typed. */
export const soughtFor = (typed: string): readonly Sought[] => {
  if (isPhone(typed)) {
    const digits = typed.slice(1);
    const entered = [digits, ...endingsOf(digits, SHORTEST_WITHOUT_PREFIX)];
    return [
      ...entered.map((one): Sought => ({ meaning: 'exact', term: wordTerm(`#${one}`) })),
      { meaning: 'prefix', term: endingTerm(digits) },
    ];
  }
  return [
    { meaning: 'exact', term: wordTerm(typed) },
    { meaning: 'prefix', term: beginningTerm(typed) },
    ...variantsOf(mistypable(typed)).map((variant): Sought => ({ meaning: 'typo', term: variantTerm(variant) })),
  ];
};
