import { normalisedWord } from '../../shared/normalise-name.ts';

export const PAYMENT_METHODS = [
  'credit_card',
  'debit_card',
  'paypal',
  'bank_transfer',
  'stripe',
  'cash_on_delivery',
  'other',
  'store_credit',
] as const;

export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

const BY_HAND: ReadonlySet<PaymentMethod> = new Set(['cash_on_delivery', 'bank_transfer', 'other']);

/** Money that an admin records: it was received outside any gateway, and people pay out its refunds. */
export const isReceipt = (method: PaymentMethod): boolean => BY_HAND.has(method);

/** Whether a gateway is asked. Store credit is a balance that the shop itself keeps. */
export const reachesGateway = (method: PaymentMethod): boolean => !BY_HAND.has(method) && method !== 'store_credit';

/** The method that a word means, whatever its case, spaces and hyphens. */
export const paymentMethodOf = (word: string): PaymentMethod | undefined => {
  const plain = normalisedWord(word);
  return PAYMENT_METHODS.find((method) => method === plain);
};

/** Other words for cash on delivery. */
const AT_THE_DOOR: ReadonlySet<string> = new Set(['cod', 'cash', 'cash_on_delivery']);

/** An order's payment method is free text, except that spellings of the known methods mean them. */
export const orderPaymentMethod = (text: string): string =>
  AT_THE_DOOR.has(normalisedWord(text)) ? 'cash_on_delivery' : (paymentMethodOf(text) ?? text);
