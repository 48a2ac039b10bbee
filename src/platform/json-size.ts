/** Bytes that one number, key or bracket counts as. */
const SMALL = 8;

/** About how many bytes a value is as JSON: cheaper than making the JSON, and right where it matters, in long texts. */
export const jsonSize = (value: unknown): number => {
  if (typeof value === 'string') return value.length + SMALL;
  if (typeof value !== 'object' || value === null) return SMALL;
  let size = SMALL;
  if (Array.isArray(value)) {
    for (const inner of value) size += jsonSize(inner);
    return size;
  }
  for (const [key, inner] of Object.entries(value)) size += key.length + jsonSize(inner);
  return size;
};
