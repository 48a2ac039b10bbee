import type { Address } from './address.ts';

const A = 65;
const LETTERS = Array.from({ length: 26 }, (_, n) => String.fromCodePoint(A + n));
const CODE = /^[A-Z]{2}$/;

/** Codes by the English name of the country, in lower case. */
const byName = (): ReadonlyMap<string, string> => {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const named = LETTERS.flatMap((a) => LETTERS.map((b) => [names.of(a + b)?.toLowerCase(), a + b] as const));
  return new Map(named.flatMap(([name, code]) => (name === undefined ? [] : [[name, code] as const])));
};

let known: ReadonlyMap<string, string> | undefined;

/**
 * The country of an address as an ISO 3166 code, if the address has it as a code or by its English name. The code
 * reveals nothing else of the address, so it may stay in clear.
 */
export const countryOf = (address: Address | null): string | undefined => {
  const country = typeof address === 'object' ? address?.['country'] : undefined;
  if (typeof country !== 'string') return undefined;
  const code = country.trim().toUpperCase();
  if (CODE.test(code)) return code;
  known ??= byName();
  return known.get(country.trim().toLowerCase());
};
