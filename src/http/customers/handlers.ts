import type { CustomerTotals } from '../../projections/orders/index.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { listReply } from '../orders/lists.ts';
import { bind, type Bound } from '../server/route.ts';
import { customerSpecs } from './routes.ts';

export type CustomerDeps = {
  readonly orders: OrderDeps;
  readonly customerTotals: (customerId: string, currency: string) => Promise<CustomerTotals>;
};

export const bindCustomers = ({ orders, customerTotals }: CustomerDeps): Bound<typeof customerSpecs> =>
  bind(customerSpecs, {
    listCustomerOrders: {
      handle: (input) =>
        listReply(orders, { ...input, query: { ...input.query, customer_id: input.params.customer_id } }),
    },
    countCustomerOrders: {
      handle: async ({ params: { customer_id }, query: { currency = orders.defaultCurrency } }) => ({
        status: 200,
        body: { ...(await customerTotals(customer_id, currency)), currency },
      }),
    },
  });
