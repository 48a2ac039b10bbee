import { Type } from '@sinclair/typebox';
import type { CustomerTotals } from '../../projections/orders/index.ts';
import { listReply } from '../orders/list-reply.ts';
import type { OrderDeps } from '../orders/order-deps.ts';
import { route, type Route } from '../server/route.ts';
import { currency, nullable, strictObject } from '../server/schemas/fields.ts';
import { listOrdersQuery } from '../orders/query-schema.ts';
import { orderResponse } from '../orders/response-schema.ts';
import { paging } from '../server/schemas/paging.ts';
import { orderExample } from '../orders/examples.ts';

export type InternalDeps = {
  readonly orders: OrderDeps;
  readonly customerTotals: (customerId: string, currency: string) => Promise<CustomerTotals>;
  /** ISO 4217. */
  readonly defaultCurrency: string;
};

const TAG = 'Internal';
const params = strictObject({
  customer_id: Type.String({ minLength: 1, maxLength: 255, description: 'Id of the customer.' }),
});
const { status, created_from, created_to, sort } = listOrdersQuery.properties;

const totals = Type.Object(
  {
    order_count: Type.Integer({ description: 'All orders.' }),
    total_value: Type.Number({ description: 'Of those in `currency` that were not cancelled.' }),
    currency: Type.String(),
    last_order_at: nullable(Type.String({ format: 'date-time' })),
  },
  { component: 'CustomerTotals', additionalProperties: false },
);
const totalsExample = {
  order_count: 3,
  total_value: 141.2,
  currency: 'EUR',
  last_order_at: '2026-03-01T12:00:00.000Z',
};

const currencyQuery = strictObject({ currency: Type.Optional(currency()) });

/** For the shop's other services, by API key. */
export const internalRoutes = ({ orders, customerTotals, defaultCurrency }: InternalDeps): readonly Route[] => [
  route(
    {
      methods: ['GET'],
      path: '/internal/customers/:customer_id/orders',
      operationId: 'listCustomerOrders',
      tag: TAG,
      summary: 'Orders of a customer',
      permission: { service: 'orders:read' },
      params,
      query: strictObject({ status, created_from, created_to, sort, ...paging }),
      readModels: ['order_list'],
      answers: { 200: { description: 'A page of orders.', body: Type.Array(orderResponse), example: [orderExample] } },
    },
    (input) => listReply(orders, { ...input, query: { ...input.query, customer_id: input.params.customer_id } }),
  ),
  route(
    {
      methods: ['GET'],
      path: '/internal/customers/:customer_id/orders/count',
      operationId: 'countCustomerOrders',
      tag: TAG,
      summary: 'How much a customer has ordered',
      permission: { service: 'customers:read' },
      params,
      query: currencyQuery,
      readModels: ['order_list'],
      answers: { 200: { description: 'So far.', body: totals, example: totalsExample } },
    },
    async ({ params: { customer_id }, query }) => {
      const asked = query.currency ?? defaultCurrency;
      return { status: 200, body: { ...(await customerTotals(customer_id, asked)), currency: asked } };
    },
  ),
];
