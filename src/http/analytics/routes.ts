import { Type } from '@sinclair/typebox';
import { defineSpecs } from '../server/spec.ts';
import { salesQuery, salesResponse } from './schemas.ts';

const reading = {
  methods: ['GET'],
  tag: 'Analytics',
  permission: { admin: 'any', auditor: 'any' },
  readModels: ['figures'],
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
    'One row for each day, week or month and currency, also where nothing was sold; grouped, only rows that are not empty.',
  query: salesQuery,
  answers: {
    200: {
      description: 'The rows, oldest first.',
      body: Type.Array(salesResponse),
      otherTypes: ['text/csv'],
      example: [salesExample],
    },
  },
} as const;

/** The reports: figures by business day, of read models that the log is added up in. */
export const analyticsSpecs = defineSpecs({
  readSales: { ...sales, path: '/analytics/sales', summary: 'Report sales' },
  readRevenue: {
    ...sales,
    path: '/analytics/revenue',
    summary: 'Report revenue',
    description: `The older name of the report of sales. ${sales.description}`,
  },
});
