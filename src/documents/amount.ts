import { decimalsOf } from '../domain/shared/currency.ts';
import type { Currency, Minor } from '../domain/shared/money.ts';

/** Only signs that identify one currency; every other currency is printed as its code. */
const SIGNS: Readonly<Record<string, string>> = { EUR: '€', GBP: '£', INR: '₹', JPY: '¥', USD: '$' };

const group = (integer: string): string => {
  const first = integer.length % 3 || 3;
  return [integer.slice(0, first), ...(integer.slice(first).match(/\d{3}/g) ?? [])].join(',');
};

/** `1,234.50`: with all decimals of the currency, and with commas, because every font has them. */
export const formatAmount = (amount: Minor, currency: Currency): string => {
  const decimals = decimalsOf(currency) ?? 0;
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const integer = group(digits.slice(0, digits.length - decimals));
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amount < 0 ? '-' : ''}${integer}${fraction}`;
};

/** `₹1,234.50`, `-€3.00`, `KWD 1.500`. */
export const formatMoney = (amount: Minor, currency: Currency): string => {
  const sign = SIGNS[currency] ?? `${currency} `;
  return `${amount < 0 ? '-' : ''}${sign}${formatAmount(Math.abs(amount), currency)}`;
};

/** `INR (₹)`, `KWD`. */
export const formatCurrency = (currency: Currency): string => {
  const sign = SIGNS[currency];
  return sign ? `${currency} (${sign})` : currency;
};

export const formatQuantity = (quantity: number): string => group(String(quantity));
