import { type TObject, Type } from '@sinclair/typebox';
import { asOfQuery } from '../trail/as-of.ts';
import { eventResponse } from '../trail/schemas.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { defineSpecs } from '../server/spec.ts';
import {
  cancelledPaymentExample,
  completedPaymentExample,
  createPaymentExample,
  paymentEventExample,
  paymentExample,
  processingPaymentExample,
  refundedPaymentExample,
  refundingPaymentExample,
} from './examples.ts';
import {
  changePaymentBody,
  createPaymentBody,
  listPaymentsQuery,
  paymentResponse,
  refundedPaymentResponse,
  refundPaymentBody,
  settlePaymentBody,
} from './schemas.ts';

const TAG = 'Payments';
const READERS = { customer: 'own', admin: 'any', auditor: 'any' } as const;

const paymentParams = strictObject({
  id: Type.String({ description: 'UUID or payment number.', example: 'PAY-2026-000001' }),
});
/** What operations on one payment have in common. */
export const onPayment = { tag: TAG, params: paymentParams } as const;
const changing = { ...onPayment, conditional: true } as const;

const changed = (example: unknown, description = 'The changed payment.') => ({
  200: { description, body: paymentResponse, example },
});

const waited = (done: unknown, waiting: unknown, body: TObject = paymentResponse) => ({
  200: { description: 'The payment with its outcome, which may be a decline.', body, example: done },
  202: { description: 'The outcome is not known yet. Get the payment again later.', body, example: waiting },
});

export const paymentSpecs = defineSpecs({
  createPayment: {
    methods: ['POST'],
    path: '/payments',
    tag: TAG,
    summary: 'Create a payment',
    description: 'No money moves until the payment is processed; the amount due is checked then.',
    permission: { customer: 'own', admin: 'any' },
    rejects: [404],
    body: createPaymentBody,
    example: createPaymentExample,
    answers: { 201: { description: 'The payment.', body: paymentResponse, example: paymentExample } },
  },
  changePayment: {
    ...changing,
    methods: ['PATCH'],
    path: '/payments/:id',
    summary: 'Change a payment',
    description:
      'Changes meta data, the transaction id and the gateway’s response. `notes` become a note of staff. Fields that are left out keep their values.',
    permission: { admin: 'any' },
    body: changePaymentBody,
    example: { notes: 'Paid at the counter' },
    answers: changed({ ...paymentExample, notes: 'Paid at the counter' }),
  },
  processPayment: {
    ...changing,
    methods: ['POST'],
    path: '/payments/:id/process',
    summary: 'Process a payment',
    description:
      'Waits up to 5 s for the outcome. A declined charge answers 200 with the status failed. For a method without a ' +
      'gateway, an admin confirms with this call that the money was received.',
    permission: { customer: 'own', admin: 'any' },
    answers: waited(completedPaymentExample, processingPaymentExample),
  },
  cancelPayment: {
    ...changing,
    methods: ['POST'],
    path: '/payments/:id/cancel',
    summary: 'Cancel a payment',
    description: 'A payment can be cancelled before it is processed.',
    permission: { customer: 'own', admin: 'any' },
    answers: changed(cancelledPaymentExample),
  },
  refundPayment: {
    ...changing,
    methods: ['POST'],
    path: '/payments/:id/refund',
    summary: 'Refund a payment',
    description:
      'Waits up to 5 s for the outcome. Without an amount, all that is left of the payment is refunded. What is ' +
      'overpaid or failed is refunded first. Before the invoice, the rest is not credited: it is due again. ' +
      'After it, the rest is credited as goodwill, unless `credit` is false. `credited` is the credited amount.',
    permission: { admin: 'any' },
    body: refundPaymentBody,
    bodyOptional: true,
    example: { amount: 5, reason: 'Arrived late' },
    answers: waited(
      { ...refundedPaymentExample, credited: 5 },
      { ...refundingPaymentExample, credited: 5 },
      refundedPaymentResponse,
    ),
  },
  settlePayment: {
    ...changing,
    methods: ['POST'],
    path: '/payments/:id/settle',
    summary: 'Settle a payment with an unknown outcome',
    description:
      'When it is unknown whether the gateway moved the money, the job is parked and the payment stays processing. ' +
      'Look up the payment at the payment service and record the outcome here; the audit trail shows who recorded it.',
    permission: { admin: 'any' },
    body: settlePaymentBody,
    example: { outcome: 'succeeded', transaction_id: 'ch_3NXQ2K' },
    answers: changed(completedPaymentExample),
  },
  listPayments: {
    methods: ['GET'],
    path: '/payments',
    tag: TAG,
    summary: 'List payments',
    description: 'Newest first. Customers see their own payments.',
    permission: READERS,
    query: listPaymentsQuery,
    readModels: ['payment_list'],
    answers: { 200: { description: 'A page.', body: Type.Array(paymentResponse), example: [paymentExample] } },
  },
  getPayment: {
    ...onPayment,
    methods: ['GET'],
    path: '/payments/:id',
    summary: 'Get a payment',
    description:
      'The answer is always current: it is folded from the payment’s events. With `as_of` it is folded up to then.',
    permission: READERS,
    query: asOfQuery('payment'),
    answers: { 200: { description: 'The payment.', body: paymentResponse, example: paymentExample } },
  },
  getPaymentEvents: {
    ...onPayment,
    methods: ['GET'],
    path: '/payments/:id/events',
    summary: 'Get the audit trail of a payment',
    description: 'Shows the events as they were recorded: amounts are in minor units.',
    permission: { admin: 'any', auditor: 'any' },
    answers: {
      200: { description: 'Oldest first.', body: Type.Array(eventResponse), example: [paymentEventExample] },
    },
  },
});
