import type { Step } from './postman-step.ts';

/** The reports, after there is something to report. */
export const REPORT_STEPS: readonly Step[] = [
  { operationId: 'readSummary', name: 'Report a summary of the last 30 days' },
  { operationId: 'readOrderAnalytics', name: 'Report the same under its older name' },
  { operationId: 'readSales', name: 'Report sales by product', query: '?interval=month&group_by=product' },
  { operationId: 'readRevenue', name: 'Report revenue as a file', query: '?format=csv' },
  { operationId: 'readDeliveryPerformance', name: 'Report delivery times' },
  { operationId: 'readTopCustomers', name: 'Report the best customers', query: '?limit=5' },
  { operationId: 'readCancellationRate', name: 'Report the cancellation rate of a week', query: '?period_days=7' },
  { operationId: 'readReturnFigures', name: 'Report returns' },
  { operationId: 'readCustomerFigures', name: 'Report new and returning customers' },
  { operationId: 'readPaymentFigures', name: 'Report payments by method' },
  { operationId: 'reconcileGateway', name: 'Compare today with the gateway' },
];
