import type { Address } from '../../domain/order/index.ts';
import { invalid, type FieldError } from '../server/problem.ts';

const PARTS = ['recipient_name', 'street', 'city', 'state', 'zip_code', 'country', 'phone'] as const;

const isGiven = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

const missingIn = (address: Address, field: string): readonly FieldError[] => {
  if (typeof address === 'string') return [{ field, message: `must be an object with ${PARTS.join(', ')}` }];
  return PARTS.filter((part) => !isGiven(address[part]) && !(part === 'zip_code' && isGiven(address['zip']))).map(
    (part) => ({ field: `${field}.${part}`, message: 'is required: this shop wants whole addresses' }),
  );
};

type Addresses = { readonly shipping_address?: Address | null; readonly billing_address?: Address | null };

/** With REQUIRE_FULL_ADDRESS: refuses every given address that lacks one of the seven parts, naming them all. */
export const demandFullAddresses = ({ shipping_address, billing_address }: Addresses): void => {
  const errors = [
    ...(shipping_address ? missingIn(shipping_address, 'shipping_address') : []),
    ...(billing_address ? missingIn(billing_address, 'billing_address') : []),
  ];
  if (errors.length > 0) throw invalid(errors);
};
