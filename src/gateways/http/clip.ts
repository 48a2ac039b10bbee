/** What fits of a text, in whole characters; null where there is none. */
export const clip = (text: string | null | undefined, max: number): string | null =>
  text === undefined || text === null || text.trim() === ''
    ? null
    : text.length <= max
      ? text
      : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
