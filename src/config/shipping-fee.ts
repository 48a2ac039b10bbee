import { decimalsOf } from '../domain/shared/currency.ts';
import { divideHalfUp, type Currency, type Minor } from '../domain/shared/money.ts';

const SCALE = 6;

/** The shipping cost in a currency: its own fee, else the general fee rounded to the currency's decimals. */
export const shippingFeeOf =
  (general: string, byCurrency: ReadonlyMap<Currency, Minor> = new Map()) =>
  (currency: Currency): Minor => {
    const own = byCurrency.get(currency);
    if (own !== undefined) return own;
    const [integer = '0', fraction = ''] = general.split('.');
    const scaled = BigInt(integer + fraction.padEnd(SCALE, '0')) * 10n ** BigInt(decimalsOf(currency) ?? 0);
    return Number(divideHalfUp(scaled, 10n ** BigInt(SCALE)));
  };
