import { toMajor } from '../../domain/shared/amount-notation.ts';
import type { Currency, Minor } from '../../domain/shared/money.ts';

/** Making one of these costs more than a whole message. */
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
const cached = <F extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => F): F => {
  const known = formats.get(key) as F | undefined; // each key is made by one caller
  if (known !== undefined) return known;
  const made = make();
  formats.set(key, made);
  return made;
};

/** Amounts as readers of a language write them. */
export const moneyIn = (language: string, currency: Currency) => {
  const format = cached(
    `${language}/${currency}`,
    () => new Intl.NumberFormat(language, { style: 'currency', currency }),
  );
  return (amount: Minor): string => format.format(toMajor(amount, currency));
};

export const dayIn = (language: string, timeZone: string, at: string): string =>
  cached(`${language}/${timeZone}`, () => new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone })).format(
    new Date(at),
  );
