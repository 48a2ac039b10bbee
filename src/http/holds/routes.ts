import { confirmedOrderExample, heldOrderExample } from '../orders/examples.ts';
import { orderResponse } from '../orders/response-schemas.ts';
import { onOrder } from '../orders/routes.ts';
import { defineSpecs } from '../server/spec.ts';
import { holdOrderBody, releaseHoldBody } from './schemas.ts';

const holding = { ...onOrder, methods: ['POST'], permission: { admin: 'any' }, conditional: true } as const;

/** Stopping an order before its goods leave, and letting it go on. */
export const holdSpecs = defineSpecs({
  holdOrder: {
    ...holding,
    path: '/orders/:id/hold',
    summary: 'Hold an order',
    description:
      'A held order is neither processed nor shipped, and not confirmed by the clock or by a payment. It can be changed and cancelled.',
    body: holdOrderBody,
    example: { reason_category: 'fraud_check', note: 'Address is a mail drop' },
    answers: { 200: { description: 'The held order.', body: orderResponse, example: heldOrderExample } },
  },
  releaseOrder: {
    ...holding,
    path: '/orders/:id/release',
    summary: 'Release a held order',
    body: releaseHoldBody,
    bodyOptional: true,
    example: { note: 'Called the customer' },
    answers: { 200: { description: 'The order.', body: orderResponse, example: confirmedOrderExample } },
  },
});
