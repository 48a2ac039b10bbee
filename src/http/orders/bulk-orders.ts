import { bulkReply, replayBulk } from './bulk.ts';
import type { OrderDeps } from './order-deps.ts';
import { route, type Route } from '../server/route.ts';
import { bulkAssignBody, bulkResponse, bulkStatusBody } from './bulk-schema.ts';
import { orderExample } from './examples.ts';
import { TAG } from './order-shared.ts';

const IDS = [orderExample.id, orderExample.order_number];

const results = (status: string) => ({
  200: {
    description: 'What came of each, in the order sent.',
    body: bulkResponse,
    example: { results: IDS.map((id) => ({ id, ok: true, status })) },
  },
});

const EACH_FOR_ITSELF =
  'At most 1000 orders, each for itself: one that is refused says why and holds up no other. Repeated with its Idempotency-Key, it does what is left and nothing twice.';

export const bulkOrderRoutes = (deps: OrderDeps): readonly Route[] => {
  const { commands } = deps;
  return [
    route(
      {
        methods: ['PUT'],
        path: '/orders/bulk-status-update',
        operationId: 'bulkStatusUpdate',
        tag: TAG,
        summary: 'Move many orders to a status',
        description: EACH_FOR_ITSELF,
        permission: { admin: 'any' },
        body: bulkStatusBody,
        example: { order_ids: IDS, status: 'confirmed' },
        answers: results('confirmed'),
      },
      (input) => {
        const { order_ids: names, status } = input.body;
        return bulkReply(
          deps,
          { names, changeOne: (id) => commands.takeAction({ ...input, id }, { action: status }) },
          input,
        );
      },
      replayBulk,
    ),
    route(
      {
        methods: ['POST'],
        path: '/orders/bulk-assign-delivery',
        operationId: 'bulkAssignDelivery',
        tag: TAG,
        summary: 'Assign many orders to a delivery partner',
        description: EACH_FOR_ITSELF,
        permission: { admin: 'any' },
        body: bulkAssignBody,
        example: { order_ids: IDS, delivery_partner_id: 'courier-7' },
        answers: results('processing'),
      },
      (input) => {
        const { order_ids: names, delivery_partner_id } = input.body;
        const { context, repeatable } = input;
        const changeOne = (id: string) =>
          commands.assignDeliveryPartner({ context, repeatable, id }, { delivery_partner_id });
        return bulkReply(deps, { names, changeOne }, input);
      },
      replayBulk,
    ),
  ];
};
