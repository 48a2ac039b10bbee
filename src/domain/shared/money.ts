import { decimalsOf } from './currency.ts';

/**
 * Amounts are integer minor units of one currency (`number`, exact below 2^53; every amount is kept at or below
 * 10^12 major units, so 10^15 minor units at most).
 */
export type Minor = number;

/** ISO 4217 code of a currency with 0 to 3 decimals. */
export type Currency = string;

/** The largest allowed amount, entered or computed: 10^12 major units. */
export const maxAmount = (currency: Currency): Minor => 10 ** (12 + (decimalsOf(currency) ?? 0));

/** Whether a computed amount may be kept: exact, not negative, not above the limit. */
export const isWithinLimit = (amount: bigint, currency: Currency): boolean =>
  amount >= 0n && amount <= BigInt(maxAmount(currency));

/** `amount × numerator / denominator`, rounded half-up; for amounts of 0 and more. The product is exact. */
export const fractionOf = (amount: Minor, numerator: number | bigint, denominator: number | bigint): Minor =>
  Number(divideHalfUp(BigInt(amount) * BigInt(numerator), BigInt(denominator)));

/** Integer division rounded half-up; for a dividend of 0 and more. */
export const divideHalfUp = (dividend: bigint, divisor: bigint): bigint => (2n * dividend + divisor) / (2n * divisor);

export const sum = (amounts: readonly Minor[]): Minor => amounts.reduce((total, amount) => total + amount, 0);
