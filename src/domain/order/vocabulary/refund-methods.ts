import { reachesGateway, type PaymentMethod } from './payment-methods.ts';
import { normalisedWord } from '../../shared/normalise-name.ts';

/** The methods that a refund may request. */
export const REFUND_METHODS = ['original_payment', 'store_credit', 'bank_transfer', 'cash'] as const;
export type RefundMethod = (typeof REFUND_METHODS)[number];

/** The method that a word means, whatever its case, spaces and hyphens. */
export const refundMethodOf = (word: string): RefundMethod | undefined => {
  const plain = normalisedWord(word);
  return REFUND_METHODS.find((method) => method === plain);
};

/** The method by which money of a payment is actually refunded. If no gateway can do it, people pay it out. */
export const wayBack = (payment: PaymentMethod, asked: RefundMethod): RefundMethod => {
  if (payment === 'store_credit') return 'store_credit';
  if (asked !== 'original_payment') return asked;
  if (reachesGateway(payment)) return 'original_payment';
  return payment === 'cash_on_delivery' ? 'cash' : 'bank_transfer';
};

/** Whether people pay it out, and not a gateway or an entry in a balance. */
export const isPaidByPeople = (method: RefundMethod): boolean => method === 'bank_transfer' || method === 'cash';
