import { LRUCache } from 'lru-cache';

const LONGEST_WORD = 60;
const ACCENTS = /[\u0300-\u036f]/g;
const WITHOUT_EDGES = /[\p{L}\p{N}](?:.*[\p{L}\p{N}\p{M}])?/su;
const ASCII_WITHOUT_EDGES = /[a-z0-9](?:.*[a-z0-9])?/s;
const INNER = /[^\p{L}\p{N}\p{M}]+/u;
/** Runs of scripts that put no spaces between words, or none between the parts of a name. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]+/gu;

/** Most text: it has no accents, no other forms, and a space after each word. */
const ASCII = /^[\x00-\x7f]*$/;

/** Characters that Unicode does not decompose, and how people type them without such a key: `Weiß` is `weiss`, `Đức` is `duc`. */
const UNSPLIT: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ı: 'i',
};
const ANY_UNSPLIT = new RegExp(`[${Object.keys(UNSPLIT).join('')}]`, 'g');

/** Lower case without accents, so that the way it was typed does not matter. */
const plain = (text: string): string =>
  ASCII.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replace(ACCENTS, '')
        .toLowerCase()
        .replace(ANY_UNSPLIT, (letter) => UNSPLIT[letter] ?? letter)
        .normalize('NFC');

/** What stands between spaces, without the punctuation around it: `"OIL-1L",` is `oil-1l`. */
export const typedWords = (text: string): readonly string[] => {
  const isAscii = ASCII.test(text);
  return plain(text)
    .split(/\s+/)
    .flatMap((word) => {
      const [inner] = (isAscii ? ASCII_WITHOUT_EDGES.exec(word) : WITHOUT_EDGES.exec(word)) ?? [];
      return inner?.slice(0, LONGEST_WORD).toWellFormed() ?? [];
    });
};

/** `oil-1l` has the parts `oil` and `1l`; a word without punctuation has none. */
export const partsOf = (word: string): readonly string[] => {
  const parts = word.split(INNER).filter((part) => part !== '');
  return parts.length > 1 ? parts : [];
};

/** Neighbouring characters of a script without spaces, two by two: `王小明` has `王小` and `小明`. */
export const pairsOf = (word: string): readonly string[] =>
  (word.match(UNSPACED) ?? []).flatMap((run) => {
    const characters = Array.from(run);
    return characters.slice(1).map((character, n) => `${characters[n] ?? ''}${character}`);
  });

/** By which a word of such a script is found from within. */
const innerOf = (word: string): readonly string[] =>
  ASCII.test(word) ? [] : [...pairsOf(word), ...(word.match(UNSPACED) ?? []).flatMap((run) => Array.from(run))];

const cutIntoWords = (text: string): readonly string[] =>
  typedWords(text).flatMap((word) => [...new Set([word, ...partsOf(word), ...innerOf(word)])]);

const LONGEST_REMEMBERED = 100;
/** Products, streets and cities come with many orders. */
const remembered = new LRUCache<string, readonly string[]>({ max: 5_000 });

/** Forgets the texts that this process remembers: they are in clear, and a person may have been erased. */
export const forgetTexts = (): void => remembered.clear();

/** The words of a text, and what they are found by from within. */
export const wordsOf = (text: string): readonly string[] => {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const words = cutIntoWords(text);
  if (text.length <= LONGEST_REMEMBERED) remembered.set(text, words);
  return words;
};

/** An address is found as a whole and by the parts of its name; its domain, which many share, finds none. */
export const wordsOfEmail = (email: string): readonly string[] => {
  const [address = ''] = typedWords(email);
  const [local = ''] = address.split('@');
  return [...new Set([address, local, ...partsOf(local)])].filter((word) => word !== '');
};

const FEWEST_DIGITS = 4;
const PHONE = /^[\d\s+()./-]+$/;

/** The digits of a telephone number as a word of its own kind, without the zeros that only some callers dial. */
export const wordOfPhone = (phone: string): string | undefined => {
  const digits = phone.normalize('NFKC').replace(/\D/g, '').replace(/^0+/, '').slice(0, LONGEST_WORD);
  return digits.length < FEWEST_DIGITS ? undefined : `#${digits}`;
};

/** What was typed, if that may be a telephone number. */
export const typedPhone = (text: string): string | undefined =>
  PHONE.test(text.normalize('NFKC')) ? wordOfPhone(text) : undefined;
