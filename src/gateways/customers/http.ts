import type { Trace } from '../../platform/trace.ts';
import { expectOk, type HttpService } from '../http/index.ts';

/** What an event of an order changes in its customer's statistics. */
export type StatisticsChange = {
  readonly customer_id: string;
  /** The event's id: the same event counts once. */
  readonly event_id: string;
  readonly event: 'order_placed' | 'order_modified' | 'order_cancelled' | 'order_credited';
  readonly order_id: string;
  readonly order_number: string;
  /** 1 for a new order, else 0. */
  readonly order_count_change: number;
  /** By how much what the customer's orders are worth changes, in major units: totals less what was credited. */
  readonly total_value_change: number;
  readonly currency: string;
  readonly occurred_at: string;
};

export type CustomerStatistics = { readonly record: (change: StatisticsChange, trace: Trace) => Promise<void> };

/** The merchant's customer service: `PATCH /api/customers/internal/{id}/statistics`. */
export const createHttpCustomerStatistics = (service: HttpService): CustomerStatistics => ({
  record: async ({ customer_id, ...body }, trace) => {
    const answer = await service.ask({
      method: 'PATCH',
      path: ['api', 'customers', 'internal', customer_id, 'statistics'],
      body,
      idempotencyKey: body.event_id,
      trace,
    });
    // A customer it does not know has no statistics there.
    if (answer.ok || answer.status !== 404) expectOk(service, answer);
  },
});
