/** Ignores letter case and whether words are joined by `-`, `_` or a space. */
export const normalisedWord = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replace(/[-\s]+/g, '_');
