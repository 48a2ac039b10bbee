const LONGEST_WORD = 60;
const ACCENTS = /[\u0300-\u036f]/g;
const WITHOUT_EDGES = /[\p{L}\p{N}](?:.*[\p{L}\p{N}\p{M}])?/su;
const INNER = /[^\p{L}\p{N}\p{M}]+/u;

/** Lower case without accents, so that the way it was typed does not matter. */
const plain = (text: string): string => text.normalize('NFKD').replace(ACCENTS, '').toLowerCase().normalize('NFC');

/** What stands between spaces, without the punctuation around it: `"OIL-1L",` is `oil-1l`. */
export const typedWords = (text: string): readonly string[] =>
  plain(text)
    .split(/\s+/)
    .flatMap((word) => WITHOUT_EDGES.exec(word)?.[0].slice(0, LONGEST_WORD).toWellFormed() ?? []);

/** `oil-1l` has the parts `oil` and `1l`; a word without punctuation has none. */
export const partsOf = (word: string): readonly string[] => {
  const parts = word.split(INNER).filter((part) => part !== '');
  return parts.length > 1 ? parts : [];
};

/** The words of a text, and their parts. */
export const wordsOf = (text: string): readonly string[] =>
  typedWords(text).flatMap((word) => [word, ...partsOf(word)]);

/** An address is found as a whole and by the parts of its name; its domain, which many share, finds none. */
export const wordsOfEmail = (email: string): readonly string[] => {
  const [address = ''] = typedWords(email);
  const [local = ''] = address.split('@');
  return [...new Set([address, local, ...partsOf(local)])].filter((word) => word !== '');
};
