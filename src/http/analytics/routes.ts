import { Type } from '@sinclair/typebox';
import { defineSpecs } from '../server/spec.ts';
import {
  cancellationQuery,
  cancellationResponse,
  customersResponse,
  deliveryResponse,
  inCurrencyQuery,
  paymentFiguresResponse,
  reconciliationQuery,
  reconciliationResponse,
  reportQuery,
  returnsResponse,
  salesQuery,
  salesResponse,
  summaryResponse,
  topCustomerResponse,
  topQuery,
} from './schemas.ts';

const reading = {
  methods: ['GET'],
  tag: 'Analytics',
  permission: { admin: 'any', auditor: 'any' },
  readModels: ['figures', 'customer_figures'],
} as const;

export const salesExample = {
  period: '2026-03-01',
  currency: 'EUR',
  gross_sales: 100,
  discounts: -10,
  returns: -45,
  net_sales: 45,
  shipping: 5,
  taxes: 4.5,
  total_sales: 54.5,
  orders: 1,
  units: 2,
  average_order_value: 90,
  average_total: 104,
  captured: 104,
  refunded: 49.5,
};

const sales = {
  ...reading,
  description:
    'One row for each currency and day, week or month, including those without sales. Grouped reports have no empty rows. `docs/figures.md` defines each figure.',
  query: salesQuery,
  answers: {
    200: {
      description: 'The rows, oldest first.',
      body: Type.Array(salesResponse),
      otherTypes: ['text/csv', 'application/x-ndjson'],
      example: [salesExample],
    },
  },
} as const;

const period = { start_date: '2026-03-01', end_date: '2026-03-31', as_of: null };
const hours = { count: 40, p50: 18, p90: 43 };
const { period: _, currency, ...sums } = salesExample;
const cancelled = { orders: 41, cancelled: 1, cancellation_rate: 0.0244 };
const rates = { return_rate: 0.05, return_rate_by_value: [{ currency, rate: 0.04 }] };
const customers = { customers: 32, new_customers: 24, returning_customers: 8, returning_customer_rate: 0.25 };
const days = { days_to_refund: { count: 2, p50: 3.5, p90: 6 } };
const times = { on_time_rate: 0.95, time_to_ship: hours, time_to_deliver: hours };

const answer = <const A extends object>(description: string, more: A) => ({
  200: { description, otherTypes: ['text/csv', 'application/x-ndjson'] as const, ...more },
});

const summary = {
  ...reading,
  description: 'Counts include all currencies; money is shown for each currency.',
  query: inCurrencyQuery,
  answers: answer('The figures of the period.', {
    body: summaryResponse,
    example: {
      ...period,
      orders_by_status: { delivered: 39, cancelled: 1, processing: 1 },
      ...cancelled,
      ...customers,
      ...rates,
      ...days,
      ...times,
      sales: [{ currency, ...sums }],
    },
  }),
} as const;

/** The reports: figures by business day, of read models that the log is added up in. */
export const analyticsSpecs = defineSpecs({
  readSummary: { ...summary, path: '/analytics/summary', summary: 'Report a summary' },
  readOrderAnalytics: {
    ...summary,
    path: '/orders/analytics',
    summary: 'Report a summary of orders',
    description: `The same report as the summary, at another address. ${summary.description}`,
  },
  readSales: { ...sales, path: '/analytics/sales', summary: 'Report sales' },
  readRevenue: {
    ...sales,
    path: '/analytics/revenue',
    summary: 'Report revenue',
    description: `The same report as sales, at its older address. ${sales.description}`,
  },
  readDeliveryPerformance: {
    ...reading,
    path: '/analytics/delivery-performance',
    summary: 'Report delivery times',
    query: reportQuery,
    answers: answer('The times that orders took, by the days on which they were shipped or delivered.', {
      body: deliveryResponse,
      example: { ...period, shipped: 40, delivered: 40, ...times },
    }),
  },
  readTopCustomers: {
    ...reading,
    path: '/analytics/top-customers',
    summary: 'Report the best customers',
    description: 'Lists the customers with the highest `total_sales` in each currency.',
    query: topQuery,
    answers: answer('The customers, best first.', {
      body: Type.Array(topCustomerResponse),
      example: [{ customer_id: 'c-1', currency, ...sums }],
    }),
  },
  readCancellationRate: {
    ...reading,
    path: '/analytics/cancellation-rate',
    summary: 'Report the cancellation rate',
    query: cancellationQuery,
    answers: answer('Orders cancelled in the period / orders placed in the period.', {
      body: cancellationResponse,
      example: { ...period, ...cancelled },
    }),
  },
  readReturnFigures: {
    ...reading,
    path: '/analytics/returns',
    summary: 'Report returns',
    description: 'Accepted units by reason, product and disposition, on the day of the settlement.',
    query: inCurrencyQuery,
    answers: answer('The figures of the period.', {
      body: returnsResponse,
      example: {
        ...period,
        ...rates,
        ...days,
        by_reason: [{ reason: 'damaged', currency, units: 2, value: 49.5 }],
        by_product: [{ product_id: 'p-mug', currency, units: 2, value: 49.5 }],
        by_disposition: [{ disposition: 'restock', units: 2 }],
      },
    }),
  },
  readCustomerFigures: {
    ...reading,
    path: '/analytics/customers',
    summary: 'Report customers',
    description: 'New and returning customers, and cohorts by the month of the first order. Counts whole months.',
    query: reportQuery,
    answers: answer('The figures of the months.', {
      body: customersResponse,
      example: {
        ...period,
        ...customers,
        cohorts: [{ month: '2026-03', customers: 24, months: [24] }],
      },
    }),
  },
  readPaymentFigures: {
    ...reading,
    path: '/analytics/payments',
    summary: 'Report payments',
    description: 'Captured and refunded money, by day and method. Days without payments have no row.',
    query: inCurrencyQuery,
    answers: answer('The rows, oldest first.', {
      body: Type.Array(paymentFiguresResponse),
      example: [{ period: '2026-03-01', currency, method: 'credit_card', captured: 104, refunded: 49.5 }],
    }),
  },
  reconcileGateway: {
    ...reading,
    path: '/reconciliation',
    summary: 'Reconcile with the gateway',
    description:
      'Compares Waybill’s captures and refunds of a business day with the gateway’s own ledger, and lists the differences.',
    readModels: ['figures', 'payment_list'],
    rejects: [409],
    query: reconciliationQuery,
    answers: answer('The differences; an empty list if both agree.', {
      body: Type.Array(reconciliationResponse),
      example: [
        {
          difference: 'missing_at_gateway',
          kind: 'charge',
          payment_id: '0195513c-6c00-7000-8000-000000000003',
          refund_id: null,
          order_id: '0195513c-6c00-7000-8000-000000000001',
          currency,
          ours: 104,
          gateway: null,
        },
      ],
    }),
  },
});
