import { startOfDay } from './wall-time.ts';

/** Of an instant: `2026-03-01T12:00`. */
const MINUTE_LENGTH = 16;

/** Gives the calendar day on which an instant falls in a time zone (IANA name), as `2026-03-01`. */
export const businessDayIn = (timeZone: string): ((at: string) => string) => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, calendar: 'gregory', dateStyle: 'short' });
  // Days change on a full minute in every zone, and most calls ask about the same few minutes.
  let known = { minute: '', day: '' };
  return (at) => {
    const minute = at.slice(0, MINUTE_LENGTH);
    if (minute !== known.minute) known = { minute, day: format.format(new Date(at)) };
    return known.day;
  };
};

const DAY_MS = 86_400_000;

/** The first moment of a day in a time zone. */
export const firstMomentOf = (day: string, timeZone: string): string =>
  new Date(startOfDay(Date.parse(day), timeZone)).toISOString();

/** West of Greenwich the last day of year 9999 ends in year 10000, which no instant is written in. */
const LAST_OF_ALL = Date.parse('9999-12-31T23:59:59.999Z');

/** The last moment of a day in a time zone. */
export const lastMomentOf = (day: string, timeZone: string): string =>
  new Date(Math.min(startOfDay(Date.parse(day) + DAY_MS, timeZone) - 1, LAST_OF_ALL)).toISOString();
