import { type Payment, type PaymentPersonal, type Refund, refundedOf } from '../../domain/payment/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import { isErased } from '../../domain/shared/decider.ts';
import type { Viewer } from '../orders/body.ts';
import type { NamedPayment } from './find-payment.ts';

const NOTHING_KNOWN: PaymentPersonal = { notes: null, meta_data: null, gateway_response: null };

const refundBody = ({ refund_id, amount, status, reason, at }: Refund, { currency }: Payment) => ({
  id: refund_id,
  amount: toMajor(amount, currency),
  status,
  reason: typeof reason === 'string' ? reason : null,
  at,
});

/** A payment as this caller may see it, in major units. What the gateway said is the shop's business. */
export const paymentBody = ({ id, payment }: NamedPayment, { role }: Viewer) => {
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
    gateway_response: role === 'customer' ? null : personal.gateway_response,
    failure_reason: payment.failure_reason,
    refunds: payment.refunds.map((refund) => refundBody(refund, payment)),
    notes: personal.notes,
    meta_data: personal.meta_data,
    ...(erased && { erased }),
    created_at: payment.created_at,
    updated_at: payment.updated_at,
    completed_at: payment.completed_at,
    refunded_at: payment.refunded_at,
  };
};

export type PaymentBody = ReturnType<typeof paymentBody>;
