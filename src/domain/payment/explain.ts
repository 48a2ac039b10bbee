import { termsOfRefunds } from '../order/index.ts';
import type { Explanation } from '../shared/explanation.ts';
import { refundedOf, type Payment } from './state.ts';

/** The amounts of a payment that can be explained. */
export const EXPLAINED_OF_PAYMENT = ['refunded_amount'] as const;

/** The terms of an amount of a payment. Undefined: there is no such amount. */
export const explainPayment = (payment: Payment, field: string): Explanation | undefined =>
  EXPLAINED_OF_PAYMENT.some((known) => known === field)
    ? { amount: refundedOf(payment), rule: 'How much is refunded', terms: termsOfRefunds(payment.refunds) }
    : undefined;
