import { Type } from '@sinclair/typebox';
import { orderExample, refundedOrderExample } from '../orders/examples.ts';
import { onOrder } from '../orders/routes.ts';
import { orderResponse } from '../orders/response-schemas.ts';
import { orderParams } from '../orders/request-schemas.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { defineSpecs } from '../server/spec.ts';
import { reconciliationResponse, refundOrderBody, resolveRefundBody } from './schemas.ts';

const refundParams = strictObject({
  ...orderParams.properties,
  refund_id: Type.String({ description: 'Id of the refund, as the order lists it.' }),
});

/** Why money goes back, and what becomes of it when it does not arrive. */
export const refundSpecs = defineSpecs({
  refundOrder: {
    ...onOrder,
    methods: ['POST'],
    path: '/orders/:id/refunds',
    summary: 'Refund an order for a reason',
    description:
      'Credits units or amounts of items, shipping, and goodwill. The amount overpaid after the credit is ' +
      'refunded; the rest lowers the amount due. Each request makes one credit, and one credit memo if the order is invoiced.',
    permission: { admin: 'any' },
    conditional: true,
    body: refundOrderBody,
    example: {
      items: [{ order_item_id: orderExample.items[0]?.id, quantity: 1 }],
      reason_category: 'damaged',
      note: 'Handle broken, photo in the ticket',
    },
    answers: {
      201: { description: 'The order with its refunds.', body: orderResponse, example: refundedOrderExample },
    },
  },
  resolveRefund: {
    ...onOrder,
    methods: ['POST'],
    path: '/orders/:id/refunds/:refund_id/resolve',
    params: refundParams,
    summary: 'Resolve a refund that failed or waits to be paid out',
    description:
      'Chooses how its money is refunded, or withdraws it. For a completed or withdrawn refund the answer is 409.',
    permission: { admin: 'any' },
    conditional: true,
    body: resolveRefundBody,
    example: { method: 'bank_transfer', note: 'Paid from the shop account' },
    answers: {
      200: { description: 'The order with its refunds.', body: orderResponse, example: refundedOrderExample },
    },
  },
  reconcileOrder: {
    ...onOrder,
    methods: ['GET'],
    path: '/orders/:id/reconciliation',
    summary: 'Compare documents and money of an order',
    permission: { admin: 'any', auditor: 'any' },
    answers: {
      200: {
        description: 'The sums, and whether they match.',
        body: reconciliationResponse,
        example: {
          invoiced: 41.28,
          credited_by_documents: 14.29,
          uninvoiced: 0,
          owed: 26.99,
          captured: 41.28,
          refunded: 14.29,
          in_flight: 0,
          failed: 0,
          amount_due: 0,
          overpaid: 0,
          agrees: true,
        },
      },
    },
  },
});
