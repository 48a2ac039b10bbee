/** What PostgreSQL and UTF-8 can carry: no half of a surrogate pair, no NUL. */
export const isWellFormedText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Every character that cannot be stored becomes U+FFFD: none is dropped, so that two different ids never become one. */
export const wellFormedText = (text: string): string =>
  isWellFormedText(text) ? text : text.replaceAll('\0', '\ufffd').toWellFormed();

const repair = (value: unknown): unknown => {
  if (typeof value === 'string') return wellFormedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const repaired = items.map(repair);
    return repaired.every((item, index) => item === items[index]) ? value : repaired;
  }
  const members: readonly (readonly [string, unknown])[] = Object.entries(value);
  const repaired = members.map(([key, inner]) => {
    const member = [wellFormedText(key), repair(inner)] as const;
    return { member, isSame: member[0] === key && member[1] === inner };
  });
  return repaired.every(({ isSame }) => isSame) ? value : Object.fromEntries(repaired.map(({ member }) => member));
};

/**
 * A JSON value with every text in it well-formed, names of members included; the same value back when nothing was
 * wrong. For text that did not come through the API, which rejects such text: answers of services, stored events.
 */
export const wellFormed = <T>(value: T): T => repair(value) as T; // texts stay texts, so the shape stays what it was
