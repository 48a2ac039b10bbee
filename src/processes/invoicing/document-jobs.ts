import type { JobRequest } from '../../jobs/queue.ts';

/** The one job that issues an order's invoice, however often and by whom it is asked for. */
export const invoiceJob = (orderId: string): JobRequest => ({
  task: 'issue-invoice',
  payload: { order_id: orderId },
  key: `issue-invoice:${orderId}`,
});

/** The one job that issues a return's credit memo. */
export const creditMemoJob = (orderId: string, returnId: string): JobRequest => ({
  task: 'issue-credit-memo',
  payload: { order_id: orderId, return_id: returnId },
  key: `issue-credit-memo:${returnId}`,
});
