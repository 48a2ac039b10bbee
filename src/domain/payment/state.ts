import { match } from 'ts-pattern';
import type { OrderPayment, RefundMethod, RefundPurpose } from '../order/index.ts';
import type { Instant, Personal, Role } from '../shared/decider.ts';
import type { Note } from '../shared/notes.ts';
import { sum, type Minor } from '../shared/money.ts';
import type { PaymentInitiated, PaymentPersonal } from './events.ts';
import type { PaymentStatus } from './transitions.ts';

/** `withdrawn`: it will not be paid out. */
export const PAYMENT_REFUND_STATUSES = ['pending', 'completed', 'failed', 'withdrawn'] as const;

export type Refund = RefundPurpose & {
  readonly refund_id: string;
  readonly amount: Minor;
  readonly method: RefundMethod;
  readonly status: (typeof PAYMENT_REFUND_STATUSES)[number];
  readonly reason: Personal<string> | null;
  readonly failure_reason: string | null;
  readonly at: Instant;
};

export type Payment = Omit<PaymentInitiated['data'], 'personal'> & {
  readonly status: PaymentStatus;
  /** The author of the first notes. */
  readonly initiated_by: Role;
  readonly personal: Personal<PaymentPersonal>;
  readonly failure_reason: string | null;
  readonly refunds: readonly Refund[];
  readonly staff_notes: readonly Note[];
  /** How often notes, meta data or what the gateway said were changed or added. */
  readonly detail_changes: number;
  readonly created_at: Instant;
  readonly updated_at: Instant;
  readonly completed_at: Instant | null;
  /** When the last refund completed. */
  readonly refunded_at: Instant | null;
};

export type PaymentState = { readonly status: 'none' } | Payment;

export const NO_PAYMENT: PaymentState = { status: 'none' };

export const isPayment = (state: PaymentState): state is Payment => state.status !== 'none';

const refundsThat = ({ refunds }: Payment, status: Refund['status']): Minor =>
  sum(refunds.filter((refund) => refund.status === status).map(({ amount }) => amount));

/** The amount actually refunded. */
export const refundedOf = (payment: Payment): Minor => refundsThat(payment, 'completed');

/** What becomes of the status of a payment when so much of it has gone back. */
export const statusAfterRefund = (refunded: Minor, amount: Minor): PaymentStatus =>
  refunded === 0 ? 'completed' : refunded < amount ? 'partially_refunded' : 'refunded';

/** The status of a payment as far as its order knows it: the steps before an outcome are the payment's own. */
export const statusKnownToOrder = ({ status, amount }: OrderPayment, refunded: Minor): PaymentStatus =>
  match(status)
    .returnType<PaymentStatus>()
    .with('in_flight', () => 'processing')
    .with('failed', () => 'failed')
    .with('captured', () => statusAfterRefund(refunded, amount))
    .exhaustive();

/** The amount that may still be refunded: captured, less refunded or reserved. */
export const leftOf = (payment: Payment): Minor =>
  payment.completed_at === null ? 0 : payment.amount - refundedOf(payment) - refundsThat(payment, 'pending');
