import { Type } from '@sinclair/typebox';
import { orderExample } from '../orders/examples.ts';
import { orderResponse } from '../orders/response-schemas.ts';
import { defineSpecs } from '../server/spec.ts';
import { customerParams, customerQuery, totalsQuery, totalsResponse } from './schemas.ts';

const reading = {
  methods: ['GET'],
  tag: 'Internal',
  params: customerParams,
  readModels: ['order_list'],
} as const;

const totalsExample = {
  order_count: 3,
  total_value: 141.2,
  currency: 'EUR',
  last_order_at: '2026-03-01T12:00:00.000Z',
};

/** For the merchant's other services, by API key. */
export const customerSpecs = defineSpecs({
  listCustomerOrders: {
    ...reading,
    path: '/internal/customers/:customer_id/orders',
    summary: 'List the orders of a customer',
    permission: { service: 'orders:read' },
    query: customerQuery,
    answers: { 200: { description: 'A page of orders.', body: Type.Array(orderResponse), example: [orderExample] } },
  },
  countCustomerOrders: {
    ...reading,
    path: '/internal/customers/:customer_id/orders/count',
    summary: 'Count the orders of a customer',
    description: 'Shows their number, their total value and the time of the last one.',
    permission: { service: 'customers:read' },
    query: totalsQuery,
    answers: { 200: { description: 'The totals so far.', body: totalsResponse, example: totalsExample } },
  },
});
