import { Type } from '@sinclair/typebox';
import { listReply } from '../orders/list-reply.ts';
import type { OrderDeps } from '../orders/order-deps.ts';
import { route, type Route } from '../route.ts';
import { listOrdersQuery } from '../schemas/order-query.ts';
import { orderResponse } from '../schemas/order-response.ts';
import { orderExample } from './examples.ts';
import { ORDER_READERS, TAG } from './order-shared.ts';

const listing = {
  methods: ['GET'],
  tag: TAG,
  query: listOrdersQuery,
  readModels: ['order_list'],
  answers: { 200: { description: 'A page of orders.', body: Type.Array(orderResponse), example: [orderExample] } },
} as const;

const own = {
  ...listing,
  summary: 'List one’s own orders',
  permission: { customer: 'own' },
} as const;

export const listOrderRoutes = (deps: OrderDeps): readonly Route[] => [
  route(
    {
      ...listing,
      path: '/orders',
      operationId: 'listOrders',
      summary: 'List orders',
      description: 'Customers see their own, delivery partners those assigned to them.',
      permission: ORDER_READERS,
    },
    (input) => listReply(deps, input),
  ),
  route({ ...own, path: '/orders/me', operationId: 'listMyOrders' }, (input) => listReply(deps, input)),
  route({ ...own, path: '/orders/my-orders', operationId: 'listOwnOrders' }, (input) => listReply(deps, input)),
];
