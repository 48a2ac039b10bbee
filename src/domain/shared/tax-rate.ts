import { divideHalfUp } from './money.ts';

/** A share of the price as decimal string, `0` to `1` with at most 6 decimals: `0.1` is ten per cent. */
export type TaxRate = string;

const RATE = /^(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)$/;

export const isTaxRate = (text: string): boolean => RATE.test(text);

/** The tax on an amount, rounded half-up. */
export const taxOn = (base: bigint, rate: TaxRate): bigint => {
  if (!isTaxRate(rate)) throw new RangeError(`tax rate must be 0 to 1 with at most 6 decimals, not "${rate}"`);
  const [integer = '0', fraction = ''] = rate.split('.');
  return divideHalfUp(base * BigInt(integer + fraction), 10n ** BigInt(fraction.length));
};
