import { decimalsOf } from '../../domain/shared/currency.ts';
import { maxAmount, type Currency, type Minor } from '../../domain/shared/money.ts';

/** The decimal separator. `auto`: detected in each amount. */
export type DecimalSign = '.' | ',' | 'auto';

export type ReadAmount =
  | { readonly minor: Minor; /** It had more decimals than the currency. */ readonly isRounded: boolean }
  | { readonly problem: string };

const NEGATIVE = /^\((.*)\)$|^[-−–](.*)$|^(.*)[-−–]$/su;
const SPACES = /[\s\u00a0\u202f]+/gu;
/** `€`, `EUR`, `US$`, `Rs.` */
const CURRENCY_BEFORE = /^(?:\p{Sc}|\p{L}{1,4}\.?\p{Sc}?)/u;
const CURRENCY_AFTER = /^(?:\p{Sc}|\p{L}{1,4}\.?)$/u;
const NO_NUMBER = /[\p{Sc}\p{L}]/u;
const LONGEST = 64;
const NUMBER = /^\d[\d.,]*$|^[.,]\d+$/;
/** `1,234,567` and, in India, `12,34,567`. */
const GROUPED = /^\d{1,3}(?:[.,]\d{2,3})*$/;
const MOST_DIGITS = 13;

const withoutCurrency = (text: string): string => {
  const rest = text.replace(CURRENCY_BEFORE, '');
  const place = rest.search(NO_NUMBER);
  return place > 0 && CURRENCY_AFTER.test(rest.slice(place)) ? rest.slice(0, place) : rest;
};

/** An amount without signs, currencies and brackets, and whether it is negative. */
const bare = (text: string): { readonly digits: string; readonly isNegative: boolean } => {
  let digits = text.replace(SPACES, '').replaceAll(/['’](?=\d)/gu, '');
  let isNegative = false;
  // The sign may be on either side of the currency; brackets also mean a negative amount.
  for (let turn = 0; turn < 2; turn++) {
    const [, inBrackets, before, after] = NEGATIVE.exec(digits) ?? [];
    const inner = inBrackets ?? before ?? after;
    if (inner !== undefined && !isNegative) {
      digits = inner;
      isNegative = true;
    }
    digits = withoutCurrency(digits);
  }
  return { digits: digits.replace(/^\+/, ''), isNegative };
};

/** The index of the decimal separator; -1: there is none. Undefined: it is ambiguous. */
const decimalPlace = (digits: string, sign: DecimalSign, decimals: number): number | undefined => {
  const [dot, comma] = [digits.lastIndexOf('.'), digits.lastIndexOf(',')];
  if (sign !== 'auto') return digits.lastIndexOf(sign);
  if (dot >= 0 && comma >= 0) return Math.max(dot, comma);
  const place = Math.max(dot, comma);
  if (place < 0) return -1;
  if (digits.indexOf(digits.charAt(place)) !== place) return -1; // 1.234.567
  const isGroup = digits.length - place - 1 === 3 && place >= 1 && place <= 3 && !digits.startsWith('0');
  if (!isGroup || decimals === 3) return place;
  return comma >= 0 || decimals === 0 ? -1 : place; // 1,234 is a thousand; 1.234 has three decimals
};

const round = (whole: string, fraction: string, decimals: number): { minor: number; isRounded: boolean } => {
  const kept = Number(`${whole}${fraction.slice(0, decimals).padEnd(decimals, '0')}`);
  const rest = fraction.slice(decimals);
  return { minor: kept + (rest >= '5' ? 1 : 0), isRounded: /[1-9]/.test(rest) };
};

/**
 * Reads an amount as people, shops and spreadsheets write it: `1.234,50 €`, `$1,234.50`, `-$3.00`, `(3.00)`, `CHF
 * 1'234.50`. Decimals beyond the currency's are rounded half up, and the result says so.
 */
export const readAmount = (text: string, currency: Currency, sign: DecimalSign): ReadAmount => {
  const decimals = decimalsOf(currency) ?? 2;
  const { digits, isNegative } = bare(text);
  const expected = `an amount such as ${decimals === 0 ? '1234' : `12${sign === ',' ? ',' : '.'}${'3'.repeat(decimals)}`}`;
  if (text.length > LONGEST || !NUMBER.test(digits)) return { problem: expected };
  const place = decimalPlace(digits, sign, decimals);
  if (place === undefined) return { problem: expected };
  const grouped = place < 0 ? digits : digits.slice(0, place);
  const fraction = place < 0 ? '' : digits.slice(place + 1);
  const whole = grouped.replaceAll(/[.,]/g, '');
  const isWhole =
    /^\d*$/.test(grouped) || (GROUPED.test(grouped) && (place < 0 || !grouped.includes(digits.charAt(place))));
  if (!isWhole || !/^\d*$/.test(fraction)) return { problem: expected };
  const significant = whole.replace(/^0+(?=\d)/, '');
  if (significant.length > MOST_DIGITS) return { problem: 'an amount of at most 13 digits' };
  const { minor, isRounded } = round(significant, fraction, decimals);
  if (minor > maxAmount(currency)) return { problem: 'an amount of at most 10^12' };
  return { minor: isNegative && minor !== 0 ? -minor : minor, isRounded };
};

/** Reads a count of units: `3`, `3.0`, `3,00`, `-1`. */
export const readQuantity = (text: string): number | undefined => {
  const [, sign, digits] = /^([-−]?)(\d{1,9})(?:[.,]0+)?$/u.exec(text.replace(SPACES, '')) ?? [];
  if (digits === undefined) return undefined;
  return sign === '' ? Number(digits) : -Number(digits);
};
