import { decimalsOf } from './currency.ts';
import { maxAmount, type Currency, type Minor } from './money.ts';

export type ParsedAmount =
  | { readonly minor: Minor }
  | { readonly problem: 'malformed' | 'too_many_decimals' | 'out_of_range' };

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
/** How JSON numbers below 10^-6 and from 10^21 on are written. */
const EXPONENTIAL = /^-?\d(?:\.\d+)?e([+-])\d+$/;
const MAX_INTEGER_DIGITS = 13;

/**
 * Reads an amount in major units: a JSON number or a decimal string. Decimals beyond the currency's are rejected, never
 * rounded, even if they are zeros: `"1.000"` may have meant a thousand. The sign is kept: the caller decides what may
 * be negative.
 */
export const parseAmount = (value: unknown, currency: Currency): ParsedAmount => {
  const decimals = decimalsOf(currency);
  if (decimals === undefined || (typeof value !== 'number' && typeof value !== 'string')) {
    return { problem: 'malformed' };
  }
  const text = String(value);
  const [, exponentSign] = EXPONENTIAL.exec(typeof value === 'number' ? text : '') ?? [];
  if (exponentSign !== undefined) return { problem: exponentSign === '-' ? 'too_many_decimals' : 'out_of_range' };
  return parseDecimal(text, decimals, maxAmount(currency));
};

const parseDecimal = (text: string, decimals: number, limit: Minor): ParsedAmount => {
  const [, sign, integer = '', fraction = ''] = DECIMAL.exec(text) ?? [];
  if (sign === undefined) return { problem: 'malformed' };
  if (fraction.length > decimals) return { problem: 'too_many_decimals' };
  const significant = integer.replace(/^0+(?=\d)/, '');
  if (significant.length > MAX_INTEGER_DIGITS) return { problem: 'out_of_range' };
  const minor = Number(significant + fraction.padEnd(decimals, '0'));
  if (minor > limit) return { problem: 'out_of_range' };
  return { minor: sign === '-' && minor !== 0 ? -minor : minor };
};

/** The amount as a decimal string in major units with all the currency's decimals, e.g. `79.90`. */
export const toDecimal = (amount: Minor | bigint, currency: Currency): string => {
  const decimals = decimalsOf(currency) ?? 0;
  const digits = String(amount < 0 ? -amount : amount).padStart(decimals + 1, '0');
  const sign = amount < 0 ? '-' : '';
  const integer = digits.slice(0, digits.length - decimals);
  return decimals === 0 ? sign + integer : `${sign}${integer}.${digits.slice(-decimals)}`;
};

/**
 * The amount as a JSON number in major units, e.g. `79.9`. Exact: no amount has more than 15 digits, and a quotient is rounded
 * to the number that its decimal notation stands for.
 */
export const toMajor = (amount: Minor, currency: Currency): number => amount / 10 ** (decimalsOf(currency) ?? 0) + 0;
