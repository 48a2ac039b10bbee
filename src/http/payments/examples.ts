import { eventExample, orderExample } from '../orders/examples.ts';

/** A payment as it is asked for and answered, for the documentation. */
export const createPaymentExample = {
  order_id: orderExample.id,
  method: 'credit_card',
  amount: orderExample.total,
  payment_token: 'tok_visa',
};

const createdAt = '2026-03-01T12:01:00.000Z';

export const paymentExample = {
  id: '0195513d-5660-7000-8000-000000000011',
  payment_number: 'PAY-2026-000001',
  order_id: orderExample.id,
  status: 'pending',
  method: 'credit_card',
  amount: orderExample.total,
  currency: 'EUR',
  refunded_amount: 0,
  transaction_id: null as string | null,
  gateway_response: null as object | null,
  failure_reason: null,
  refunds: [] as readonly object[],
  notes: null as string | null,
  meta_data: null,
  created_at: createdAt,
  updated_at: createdAt,
  completed_at: null as string | null,
  refunded_at: null,
};

export const processingPaymentExample = {
  ...paymentExample,
  status: 'processing',
  updated_at: '2026-03-01T12:01:01.000Z',
};

export const completedPaymentExample = {
  ...paymentExample,
  status: 'completed',
  transaction_id: 'sbx_0c9d2f1f9b10aa07',
  gateway_response: { gateway: 'sandbox', result: 'approved' },
  updated_at: '2026-03-01T12:01:02.000Z',
  completed_at: '2026-03-01T12:01:02.000Z',
};

export const cancelledPaymentExample = {
  ...paymentExample,
  status: 'cancelled',
  updated_at: '2026-03-01T12:02:00.000Z',
};

const refund = {
  id: '8a0d3c5e-3f6b-5d1c-9a74-2b1f0e9d8c31',
  amount: 5,
  status: 'completed',
  method: 'original_payment',
  kind: 'goodwill',
  return_id: null,
  reason: 'Arrived late',
  failure_reason: null,
  at: '2026-03-02T09:00:00.000Z',
};

export const refundedPaymentExample = {
  ...completedPaymentExample,
  status: 'partially_refunded',
  refunded_amount: 5,
  refunds: [refund],
  updated_at: '2026-03-02T09:00:01.000Z',
};

export const refundingPaymentExample = { ...completedPaymentExample, refunds: [{ ...refund, status: 'pending' }] };

export const paymentEventExample = {
  ...eventExample,
  type: 'PaymentProcessingStarted',
  stream: `payment-${paymentExample.id}`,
};
