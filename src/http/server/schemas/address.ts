import { Type } from '@sinclair/typebox';
import type { Address } from '../../../domain/order/index.ts';

const part = (maxLength: number) => ({ type: ['string', 'null'], maxLength });
const MAX_BYTES = 16 * 1024;

const isAddress = (value: unknown): boolean =>
  value === null ||
  (typeof value === 'string' && value.trim() !== '') ||
  (typeof value === 'object' && Object.keys(value).length > 0 && Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES);

/** One string, or an object of parts; properties that are not named here are kept. */
export const address = () =>
  Type.Unsafe<Address>({
    type: ['object', 'string'],
    maxLength: 2000,
    refine: { accepts: isAddress },
    expected: 'an address: a string of at most 2000 characters, or an object with street, city, …',
    properties: {
      recipient_name: part(255),
      street: part(500),
      city: part(255),
      state: part(255),
      zip_code: part(50),
      zip: part(50),
      country: part(100),
      phone: part(50),
    },
    example: {
      recipient_name: 'Meera Sharma',
      street: 'Οδός Ερμού 1',
      city: 'Αθήνα',
      zip_code: '10563',
      country: 'GR',
    },
  });
