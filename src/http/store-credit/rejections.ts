import type { Code, Entries } from '../server/rejection-entry.ts';

export const storeCreditRejections: Entries<Extract<Code, `store_credit.${string}`>> = {
  'store_credit.insufficient': {
    status: 409,
    title: 'Not enough store credit',
    sentence: () => 'The amount is above the customer’s store credit. Take at most the balance.',
    field: () => ({ field: 'amount', message: 'must be at most the balance' }),
  },
  'store_credit.invalid_amount': {
    status: 422,
    title: 'Invalid amount',
    sentence: () => 'The amount must not be 0, and the balance must stay within the limit of an amount.',
    field: () => ({ field: 'amount', message: 'must be an amount other than 0' }),
  },
};
