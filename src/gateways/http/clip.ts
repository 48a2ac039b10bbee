/** The text, cut to at most `max` characters; null if it is blank. */
export const clip = (text: string | null | undefined, max: number): string | null =>
  text === undefined || text === null || text.trim() === ''
    ? null
    : text.length <= max
      ? text
      : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
