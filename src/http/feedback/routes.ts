import { orderExample } from '../orders/examples.ts';
import { onOrder } from '../orders/routes.ts';
import { defineSpecs } from '../server/spec.ts';
import { feedbackBody, feedbackResponse } from './schemas.ts';

const example = { rating: 5, comment: 'Still warm!' };

export const feedbackSpecs = defineSpecs({
  giveFeedback: {
    ...onOrder,
    conditional: true,
    methods: ['POST'],
    path: '/orders/:id/feedback',
    summary: 'Give feedback on a delivery',
    description: 'Feedback can be given once, after the order was delivered.',
    permission: { customer: 'own' },
    body: feedbackBody,
    example,
    answers: {
      201: {
        description: 'The feedback.',
        body: feedbackResponse,
        example: { order_id: orderExample.id, ...example, created_at: '2026-03-01T13:00:00.000Z' },
      },
    },
  },
});
