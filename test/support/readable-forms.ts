const backslashU = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** Base64 at each of the three offsets at which bytes may begin, without the characters that their neighbours change. */
const base64Of = (bytes: Buffer): readonly string[] =>
  [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    return text.slice(offset === 0 ? 0 : offset + 1, -2);
  });

const formsOfOne = (word: string): readonly string[] => {
  const bytes = Buffer.from(word);
  const wide = Buffer.from(word, 'utf16le');
  return [
    bytes.toString('latin1'),
    wide.toString('latin1'),
    ...base64Of(bytes),
    bytes.toString('hex'),
    wide.toString('hex'),
    encodeURIComponent(word),
    ...(/^[ -~]*$/.test(word) ? [] : [backslashU(word), backslashU(word).toUpperCase().replaceAll('\\U', '\\u')]),
  ];
};

/**
 * A word as it may lie in a file or a column, byte for byte in Latin-1: as text, UTF-16, base64, hex, escaped for JSON or
 * an address, with composed and decomposed letters, in lower case, and without its accents as a search would keep it.
 */
export const formsOf = (word: string): readonly string[] => {
  const apart = word.normalize('NFD');
  const spelt = [word, word.normalize('NFC'), apart, word.toLowerCase(), apart.toLowerCase().replaceAll(/\p{M}/gu, '')];
  return [...new Set([...new Set(spelt)].flatMap(formsOfOne))];
};

/** Whether the word can be read in these bytes, in any form. */
export const isReadableIn = (bytes: Buffer, word: string): boolean =>
  formsOf(word).some((form) => bytes.includes(form, 0, 'latin1'));
