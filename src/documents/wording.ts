import type { Instant } from '../domain/shared/decider.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Stands where there is nothing to say. */
export const NONE = '–';

// Making a formatter costs more than using it a hundred times; a process knows one time zone.
const formatters = new Map<string, Intl.DateTimeFormat>();

const formatterFor = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric', day: '2-digit' });
  formatters.set(timeZone, fresh);
  return fresh;
};

/** `03 Aug 2026`: the day of the instant in the time zone, in words that no country reads as another day. */
export const formatDay = (at: Instant | null, timeZone: string): string => {
  if (at === null) return NONE;
  const parts = formatterFor(timeZone).formatToParts(new Date(at));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)?.value ?? '';
  return `${part('day')} ${MONTHS[Number(part('month')) - 1] ?? ''} ${part('year')}`;
};

/** `not_as_described` → `Not as described`. */
export const formatWord = (word: string | null): string => {
  const words = (word ?? '').replaceAll('_', ' ').trim();
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : NONE;
};
