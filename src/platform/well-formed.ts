/** What PostgreSQL and UTF-8 can carry: no half of a surrogate pair, no NUL. */
export const isWellFormedText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Every character that cannot be stored becomes U+FFFD: none is dropped, so that two different ids never become one. */
export const wellFormedText = (text: string): string =>
  isWellFormedText(text) ? text : text.replaceAll('\0', '\ufffd').toWellFormed();

/** Almost every value is whole: to find that out allocates nothing. */
const isWhole = (value: unknown): boolean => {
  if (typeof value === 'string') return isWellFormedText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWhole);
  for (const [key, inner] of Object.entries(value)) if (!isWellFormedText(key) || !isWhole(inner)) return false;
  return true;
};

const repair = (value: unknown): unknown => {
  if (typeof value === 'string') return wellFormedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(repair);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [wellFormedText(key), repair(inner)]));
};

/**
 * A JSON value with every text in it well-formed, names of members included; the same value back when nothing was
 * wrong. For text that did not come through the API, which rejects such text: answers of services, stored events.
 */
export const wellFormed = <T>(value: T): T => (isWhole(value) ? value : (repair(value) as T)); // texts stay texts, so the shape stays what it was

/** As `wellFormed`, of JSON that was decoded from UTF-8: only an escape can be half a pair or NUL there. */
export const parseWellFormed = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return text.includes('\\u') ? wellFormed(value) : value;
};
