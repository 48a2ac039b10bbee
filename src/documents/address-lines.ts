import type { Address } from '../domain/order/index.ts';
import type { Party } from './document-data.ts';

type Fields = Exclude<Address, string>;

const STREETS = [
  'company',
  'street',
  'street2',
  'address',
  'address_line1',
  'address_line2',
  'line1',
  'line2',
  'landmark',
];
const TOWN = [['city'], ['state', 'region', 'province'], ['zip_code', 'zip', 'postal_code', 'postcode']];
const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/;

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const firstOf = (fields: Fields, names: readonly string[]): string =>
  names.map((name) => textOf(fields[name])).find((text) => text.trim() !== '') ?? '';

const townOf = (fields: Fields): string => {
  const [city = '', state = '', zip = ''] = TOWN.map((names) => firstOf(fields, names));
  const region = [state, zip].filter(Boolean).join(' ');
  return [city, region].filter(Boolean).join(', ');
};

const linesOfFields = (fields: Fields): string[] => {
  const lines = [
    textOf(fields['recipient_name']),
    ...STREETS.map((name) => textOf(fields[name])),
    townOf(fields),
    textOf(fields['country']),
    textOf(fields['phone']),
  ].filter((line) => line.trim() !== '');
  // An address with other property names is printed as it is, because otherwise it would be missing.
  return lines.length > 0 ? lines : Object.values(fields).map(textOf);
};

/** The lines of an address in any form; none without an address. */
export const addressLines = (address: Address | null): string[] => {
  if (address === null) return [];
  const lines = typeof address === 'string' ? address.split(LINE_BREAK) : linesOfFields(address);
  return lines.filter((line) => line.trim() !== '');
};

/** Name, address and e-mail; a recipient with the same name is not repeated. */
export const partyLines = ({ name, email, address }: Party): string[] => {
  const lines = addressLines(address).filter((line) => line !== name);
  return [name ?? '', ...lines, email ?? ''].filter((line) => line.trim() !== '');
};
