import { Type } from '@sinclair/typebox';
import { PAYMENT_METHODS, PAYMENT_STATUSES, type PaymentStatus } from '../../domain/payment/index.ts';
import { strictObject, text } from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';
import { free, maybe, money, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

const refund = shape(
  {
    id: uuid(),
    amount: money(),
    status: words(['pending', 'completed', 'failed']),
    reason: maybe.text(),
    at: time(),
  },
  'Refund',
);

export const paymentResponse = shape(
  {
    id: uuid(),
    payment_number: Type.String(),
    order_id: uuid(),
    status: words(PAYMENT_STATUSES),
    method: words(PAYMENT_METHODS),
    amount: money(),
    currency: Type.String(),
    refunded_amount: Type.Number({ description: 'What really went back.' }),
    transaction_id: maybe.text(),
    gateway_response: free(),
    failure_reason: maybe.text(),
    refunds: Type.Array(refund),
    notes: maybe.text(),
    meta_data: free(),
    erased: Type.Optional(Type.Literal(true, { description: 'The personal data was erased: it is null.' })),
    created_at: time(),
    updated_at: time(),
    completed_at: maybe.time(),
    refunded_at: maybe.time(),
  },
  'Payment',
);

const status = Type.Unsafe<PaymentStatus>({ type: 'string', enum: [...PAYMENT_STATUSES] });

export const listPaymentsQuery = strictObject({
  order_id: Type.Optional(text({ min: 1, max: 255, description: 'UUID or number of the order.' })),
  status: Type.Optional(Type.Array(status, { maxItems: 50, description: 'Repeatable, or separated by commas.' })),
  ...paging,
});
