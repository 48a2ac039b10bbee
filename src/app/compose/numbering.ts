import type { Knex } from 'knex';
import type { DrawNumber } from '../../commands/index.ts';
import type { Config } from '../../config/index.ts';
import { createDrawNumber } from '../../numbers/index.ts';

/** Of an instant: `2026-03-01T12:00`. */
const MINUTE_LENGTH = 16;

/** Gives the calendar year in which an instant falls in a time zone (IANA name): numbers start again with each year. */
export const businessYearIn = (timeZone: string): ((at: string) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', calendar: 'gregory' });
  // Years change on a full minute in every zone, and most calls ask about the current one.
  let known = { minute: '', year: 0 };
  return (at) => {
    const minute = at.slice(0, MINUTE_LENGTH);
    if (minute !== known.minute) known = { minute, year: Number(format.format(new Date(at))) };
    return known.year;
  };
};

/** Draws the numbers of orders, returns and payments, in the configured form. */
export const numbersOf = (
  {
    businessTimeZone,
    numberPrefixes,
    eventStoreUrl,
  }: Pick<Config, 'businessTimeZone' | 'numberPrefixes' | 'eventStoreUrl'>,
  db: Knex,
): DrawNumber => {
  const yearOf = businessYearIn(businessTimeZone);
  const draw = createDrawNumber(db, { logIs: eventStoreUrl === undefined ? 'beside' : 'elsewhere' });
  return (kind, at, id) => draw({ kind, id, year: yearOf(at), prefix: numberPrefixes[kind] });
};
