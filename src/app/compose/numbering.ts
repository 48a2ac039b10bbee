import type { Knex } from 'knex';
import type { DrawNumber } from '../../commands/index.ts';
import type { Config } from '../../config/index.ts';
import { createDrawNumber } from '../../numbers/index.ts';
import { businessDayIn } from '../../platform/business-day.ts';

/** Of a day: `2026-03-01`. */
const YEAR_LENGTH = 4;

/** Gives the calendar year in which an instant falls in a time zone (IANA name): numbers start again with each year. */
export const businessYearIn = (timeZone: string): ((at: string) => number) => {
  const dayOf = businessDayIn(timeZone);
  return (at) => Number(dayOf(at).slice(0, YEAR_LENGTH));
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
