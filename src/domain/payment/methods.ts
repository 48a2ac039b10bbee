export const PAYMENT_METHODS = [
  'credit_card',
  'debit_card',
  'paypal',
  'bank_transfer',
  'stripe',
  'cash_on_delivery',
  'other',
] as const;

export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

const BY_HAND: ReadonlySet<PaymentMethod> = new Set(['cash_on_delivery', 'bank_transfer', 'other']);

/** Whether a gateway is asked. For the others an admin records that money came, and that it was paid out. */
export const reachesGateway = (method: PaymentMethod): boolean => !BY_HAND.has(method);
