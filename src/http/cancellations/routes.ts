import { cancelledItemsExample, orderExample } from '../orders/examples.ts';
import { orderResponse } from '../orders/response-schemas.ts';
import { onOrder } from '../orders/routes.ts';
import { defineSpecs } from '../server/spec.ts';
import { cancelItemsBody } from './schemas.ts';

/** Sending fewer units than were ordered. */
export const cancellationSpecs = defineSpecs({
  cancelOrderItems: {
    ...onOrder,
    methods: ['POST'],
    path: '/orders/:id/cancel-items',
    summary: 'Cancel units that are not shipped yet',
    description:
      'Units that are not invoiced lower the total by their share; for invoiced units the total stands and a credit with a credit memo is booked. If no unit is left and nothing was ever shipped, the order is cancelled.',
    permission: { admin: 'any' },
    conditional: true,
    body: cancelItemsBody,
    example: {
      items: [{ order_item_id: orderExample.items[0]?.id, quantity: 1 }],
      reason_category: 'out_of_stock',
      note: 'Last one was damaged in the warehouse',
    },
    answers: { 200: { description: 'The order.', body: orderResponse, example: cancelledItemsExample } },
  },
});
