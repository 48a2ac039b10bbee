import { eventExample, orderExample } from '../orders/examples.ts';
import { defineSpecs } from '../server/spec.ts';
import { explainParams, explanationResponse } from './schemas.ts';

const DESCRIPTION =
  'The amount as a sum of terms, each with the event that made it and the rule behind it. The terms add up to the amount to the minor unit.';

const explaining = {
  methods: ['GET'],
  tag: 'Audit',
  description: DESCRIPTION,
  permission: { admin: 'any', auditor: 'any' },
} as const;

const { id, type, stream, revision, position, recorded_at: at, metadata } = eventExample;
const event = { id, type, stream, revision, position, at, actor: metadata.actor };

const answers = (field: string, label: string) => ({
  200: {
    description: 'The amount and its terms.',
    body: explanationResponse,
    example: { field, amount: 5, currency: orderExample.currency, rule: 'Money', terms: [{ label, amount: 5, event }] },
  },
});

export const explainSpecs = defineSpecs({
  explainOrder: {
    ...explaining,
    path: '/orders/:id/explain/:field',
    summary: 'Explain an amount of an order',
    params: explainParams('order', orderExample.order_number),
    answers: answers('shipping_cost', 'Shipping'),
  },
  explainReturn: {
    ...explaining,
    path: '/returns/:id/explain/:field',
    summary: 'Explain an amount of a return',
    params: explainParams('return', 'RET-2026-000001'),
    answers: answers('restocking_fee', 'Restocking fee, as set when it was processed'),
  },
  explainPayment: {
    ...explaining,
    path: '/payments/:id/explain/:field',
    summary: 'Explain an amount of a payment',
    params: explainParams('payment', 'PAY-2026-000001'),
    answers: answers('refunded_amount', 'Refund: original payment'),
  },
  explainInvoice: {
    ...explaining,
    path: '/invoices/:id/explain/:field',
    summary: 'Explain the total of an invoice or credit memo',
    params: explainParams('document', 'INV-2026-000001'),
    answers: answers('total', 'Shipping'),
  },
});
