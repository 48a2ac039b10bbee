import {
  failureReasonOf,
  type Payment,
  type PaymentPersonal,
  type Refund,
  refundedOf,
} from '../../domain/payment/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import { isErased } from '../../domain/shared/decider.ts';
import { isStaff, type Viewer } from '../server/caller.ts';
import type { NamedPayment } from './find-payment.ts';

const NOTHING_KNOWN: PaymentPersonal = { notes: null, meta_data: null, gateway_response: null };

/** Why money did not move: to staff as the gateway said it, to everybody else in a word of a closed list. */
const failureReason = (reason: string | null, viewer: Viewer): string | null =>
  reason === null || isStaff(viewer) ? reason : failureReasonOf(reason);

const refundBody = (refund: Refund, { currency }: Payment, viewer: Viewer) => {
  const { refund_id, amount, status, method, kind, return_id, reason, failure_reason, at } = refund;
  return {
    id: refund_id,
    amount: toMajor(amount, currency),
    status,
    method,
    kind,
    return_id,
    reason: isStaff(viewer) && typeof reason === 'string' ? reason : null,
    failure_reason: failureReason(failure_reason, viewer),
    at,
  };
};

/** A payment as this caller may see it, in major units. What the gateway and the shop said is the shop's business. */
export const paymentBody = ({ id, payment }: NamedPayment, viewer: Viewer) => {
  const erased = isErased(payment.personal);
  const personal = isErased(payment.personal) ? NOTHING_KNOWN : payment.personal;
  return {
    id,
    payment_number: payment.payment_number,
    order_id: payment.order_id,
    status: payment.status,
    method: payment.method,
    amount: toMajor(payment.amount, payment.currency),
    currency: payment.currency,
    refunded_amount: toMajor(refundedOf(payment), payment.currency),
    transaction_id: payment.transaction_id,
    gateway_response: isStaff(viewer) ? personal.gateway_response : null,
    failure_reason: failureReason(payment.failure_reason, viewer),
    refunds: payment.refunds.map((refund) => refundBody(refund, payment, viewer)),
    notes: isStaff(viewer) || payment.initiated_by === 'customer' ? personal.notes : null,
    meta_data: personal.meta_data,
    ...(erased && { erased }),
    created_at: payment.created_at,
    updated_at: payment.updated_at,
    completed_at: payment.completed_at,
    refunded_at: payment.refunded_at,
  };
};

export type PaymentBody = ReturnType<typeof paymentBody>;
