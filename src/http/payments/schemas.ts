import { type Static, Type } from '@sinclair/typebox';
import { REFUND_KINDS, REFUND_METHODS } from '../../domain/order/index.ts';
import {
  FAILURE_REASONS,
  PAYMENT_METHODS,
  PAYMENT_REFUND_STATUSES,
  PAYMENT_STATUSES,
  paymentMethodOf,
  type PaymentStatus,
} from '../../domain/payment/index.ts';
import { reasonCategory, refundMethod } from '../refunds/schemas.ts';
import { visibleToCustomer } from '../trail/schemas.ts';
import { asOfResponse } from '../trail/as-of.ts';
import type { CrossCheck } from '../server/validation/keywords.ts';
import {
  amount,
  currency,
  metaData,
  nullable,
  optionalNullable,
  optionalText,
  strictObject,
  text,
  word,
} from '../server/schemas/fields.ts';
import { paging } from '../server/schemas/paging.ts';
import { free, maybe, money, shape, time, uuid, words } from '../server/schemas/response-parts.ts';

const transactionId = () => optionalText({ max: 255, example: 'ch_3NXQ2K' });

export const createPaymentBody = strictObject(
  {
    order_id: text({ min: 1, max: 255, description: 'UUID or number of the order.', example: 'ORD-2026-000001' }),
    method: word((name) => paymentMethodOf(name) !== undefined, PAYMENT_METHODS, { example: 'credit_card' }),
    amount: amount({
      positive: true,
      description:
        'At most the total of the order. An admin may record any amount that was received outside a gateway.',
      example: 41.28,
    }),
    currency: Type.Optional(currency()),
    transaction_id: transactionId(),
    payment_token: optionalNullable({
      ...text({
        min: 1,
        max: 500,
        description: 'Token of the card at the gateway. It is kept sealed until the outcome is known.',
      }),
      writeOnly: true,
    }),
    notes: optionalText({ max: 2000 }),
    meta_data: optionalNullable(metaData()),
  },
  { component: 'CreatePaymentRequest' },
);

export type CreatePaymentBody = Static<typeof createPaymentBody>;

export const changePaymentBody = strictObject(
  {
    transaction_id: transactionId(),
    gateway_response: optionalNullable(metaData()),
    notes: optionalText({ max: 2000, description: 'Becomes a note of staff.', example: 'Paid at the counter' }),
    visible_to_customer: visibleToCustomer(),
    meta_data: optionalNullable(metaData()),
  },
  { component: 'ChangePaymentRequest' },
);

export const refundPaymentBody = strictObject(
  {
    amount: Type.Optional(amount({ positive: true, description: 'Default: all that is left of this payment.' })),
    credit: Type.Optional(
      Type.Boolean({
        description:
          'Whether the shop gives up the money. Default: true once the order is invoiced; before, the refunded amount is due again. ' +
          'An overpaid or failed amount is never credited.',
      }),
    ),
    reason: optionalText({ max: 500, description: 'For staff: the customer never sees it.', example: 'Arrived late' }),
    reason_category: Type.Optional(reasonCategory()),
    method: Type.Optional(refundMethod('How the money is refunded. Default original_payment.')),
    meta_data: optionalNullable(metaData()),
  },
  { component: 'RefundPaymentRequest' },
);

export type RefundPaymentBody = Static<typeof refundPaymentBody>;

type Found = { readonly outcome: unknown; readonly transaction_id?: unknown; readonly failure_reason?: unknown };

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** Money that moved has no reason why it did not, and the other way round. */
const saysOneThing: CrossCheck = {
  rule: 'failure_reason with the outcome failed alone, and always; transaction_id with succeeded alone',
  check: ({ outcome, transaction_id, failure_reason }: Found) => {
    if (outcome === 'failed' && !isGiven(failure_reason))
      return [
        { field: 'failure_reason', message: 'is required when the outcome is failed: the reason why no money moved' },
      ];
    if (outcome === 'failed' && isGiven(transaction_id))
      return [{ field: 'transaction_id', message: 'belongs to the outcome succeeded; leave it out' }];
    if (outcome === 'succeeded' && isGiven(failure_reason))
      return [{ field: 'failure_reason', message: 'belongs to the outcome failed; leave it out' }];
    return [];
  },
};

export const settlePaymentBody = strictObject(
  {
    outcome: Type.Unsafe<'succeeded' | 'failed'>({
      type: 'string',
      enum: ['succeeded', 'failed'],
      description: 'Outcome according to the payment service.',
    }),
    refund_id: optionalNullable(
      text({ min: 1, max: 255, description: 'A refund of this payment. Default: the charge.' }),
    ),
    transaction_id: transactionId(),
    failure_reason: optionalNullable(text({ min: 1, max: 500 })),
  },
  { component: 'SettlePaymentRequest', cross: saysOneThing },
);

export type SettlePaymentBody = Static<typeof settlePaymentBody>;

const refund = shape(
  {
    id: uuid(),
    amount: money(),
    status: words(PAYMENT_REFUND_STATUSES),
    method: words(REFUND_METHODS),
    kind: words(REFUND_KINDS),
    return_id: nullable(uuid()),
    reason: Type.Union([Type.String(), Type.Null()], { description: 'For staff.' }),
    failure_reason: maybe.text(),
    at: time(),
  },
  'Refund',
);

const paymentProperties = {
  id: uuid(),
  payment_number: Type.String(),
  order_id: uuid(),
  status: words(PAYMENT_STATUSES),
  method: words(PAYMENT_METHODS),
  amount: money(),
  currency: Type.String(),
  refunded_amount: Type.Number({ description: 'Amount that was actually refunded.' }),
  transaction_id: maybe.text(),
  gateway_response: free(),
  failure_reason: Type.Union([Type.String(), Type.Null()], {
    description: `Staff see the text of the gateway; customers see one of ${FAILURE_REASONS.join(', ')}.`,
  }),
  refunds: Type.Array(refund),
  notes: Type.Union([Type.String(), Type.Null()], { description: 'Customers see their own.' }),
  meta_data: free(),
  erased: Type.Optional(
    Type.Literal(true, { description: 'True if the personal data was erased; its fields are then null.' }),
  ),
  as_of: asOfResponse(),
  created_at: time(),
  updated_at: time(),
  completed_at: maybe.time(),
  refunded_at: maybe.time(),
};

export const paymentResponse = shape(paymentProperties, 'Payment');

export const refundedPaymentResponse = shape(
  { ...paymentProperties, credited: Type.Number({ description: 'Amount that this refund credited.' }) },
  'RefundedPayment',
);

const status = Type.Unsafe<PaymentStatus>({ type: 'string', enum: [...PAYMENT_STATUSES] });

export const listPaymentsQuery = strictObject({
  order_id: Type.Optional(text({ min: 1, max: 255, description: 'UUID or number of the order.' })),
  status: Type.Optional(Type.Array(status, { maxItems: 50, description: 'Repeat it, or separate values by commas.' })),
  ...paging,
});
