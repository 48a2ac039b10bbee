/**
 * Amounts are integer minor units of one currency (`number`, exact below 2^53; every amount is kept at or below
 * 10^12 major units, so 10^15 minor units at most).
 */
export type Minor = number;

/** ISO 4217 code of a currency with 0 to 3 decimals. */
export type Currency = string;
