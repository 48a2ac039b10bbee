import { decimalsOf } from '../../../domain/shared/currency.ts';
import { parseAmount } from '../../../domain/shared/amount-notation.ts';
import { maxAmount, type Minor } from '../../../domain/shared/money.ts';

/** The rule of one amount in a schema: `amount: {positive: true}`. */
export type AmountRule = { readonly positive: boolean; /** It may be below 0. */ readonly signed?: boolean };

const PRECISE = 3;

/**
 * Reads one amount in the body's currency. A body whose currency is itself wrong is read with the most decimals there
 * are, so that it gets one complaint and not one per amount.
 */
export const readAmount = (
  value: unknown,
  { positive, signed = false }: AmountRule,
  currency: string,
): Minor | string => {
  const decimals = decimalsOf(currency);
  const parsed = parseAmount(value, decimals === undefined ? 'KWD' : currency);
  const least = signed ? 'other than 0' : positive ? 'above 0' : 'of 0 or more';
  if ('problem' in parsed) {
    switch (parsed.problem) {
      case 'too_many_decimals':
        return `must have at most ${decimals ?? PRECISE} decimals, as ${currency} has`;
      case 'out_of_range':
        return 'must be at most 1000000000000';
      case 'malformed':
        return `must be an amount ${least}: a number or a decimal string such as "79.90"`;
    }
  }
  if ((parsed.minor < 0 && !signed) || (positive && parsed.minor === 0)) return `must be an amount ${least}`;
  return parsed.minor <= maxAmount(currency) || decimals === undefined ? parsed.minor : 'must be at most 1000000000000';
};
