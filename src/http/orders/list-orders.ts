import { Type } from '@sinclair/typebox';
import { exportReply, type ExportDeps } from './export-reply.ts';
import { listReply, pageReply } from './list-reply.ts';
import type { OrderDeps } from './order-deps.ts';
import { readPaging } from '../server/paging.ts';
import { route, type Route } from '../server/route.ts';
import { exportOrdersQuery, listOrdersQuery, searchOrdersQuery } from './query-schema.ts';
import { orderResponse } from './response-schema.ts';
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

export const listOrderRoutes = (deps: OrderDeps, exports: ExportDeps): readonly Route[] => [
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
  route(
    {
      methods: ['GET'],
      path: '/orders/search',
      operationId: 'searchOrders',
      tag: TAG,
      summary: 'Search orders',
      description:
        'By number, customer, e-mail address, product and SKU; all words must be found. The best first: words as they stand, then beginnings, then words with a slip; among equals the newest. At most 1000 are found.',
      permission: { admin: 'any', auditor: 'any' },
      query: searchOrdersQuery,
      readModels: ['order_list', 'order_search'],
      answers: { 200: { description: 'A page of orders.', body: Type.Array(orderResponse), example: [orderExample] } },
    },
    async (input) => {
      const { limit, offset, cursor } = readPaging(input.query, deps.decodePlace);
      const page = await deps.search({ text: input.query.q, limit, offset: cursor?.offset ?? offset ?? 0 });
      return pageReply(deps, page, input);
    },
  ),
  route(
    {
      methods: ['GET'],
      path: '/orders/export',
      operationId: 'exportOrders',
      tag: TAG,
      summary: 'Every match as a file',
      description:
        'As it is at one moment, sent as it is read. CSV has what an order says in a word or a number; a text that begins like a formula gets an apostrophe before it.',
      permission: { admin: 'any', auditor: 'any' },
      rateClass: 'export',
      query: exportOrdersQuery,
      readModels: ['order_list'],
      answers: {
        200: {
          description: 'The file.',
          body: Type.Array(orderResponse),
          otherTypes: ['text/csv', 'application/x-ndjson'],
          example: [orderExample],
        },
      },
    },
    (input) => exportReply(deps, exports, input),
  ),
];
