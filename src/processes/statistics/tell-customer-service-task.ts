import { isPlaced, NO_ORDER, orderFold, orderTotals, phaseOf, type OrderState } from '../../domain/order/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import { traceOf } from '../../platform/trace.ts';
import type { ReadStream } from '../../commands/read.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { streamId } from '../../event-store/stream-names.ts';
import type { CustomerStatistics, StatisticsChange } from '../../gateways/customers/http.ts';
import { processTask, type ProcessDeps } from '../engine/policy-task.ts';
import type { OrderedQueue } from '../../jobs/ordered-queue.ts';
import type { Task } from '../../jobs/task.ts';

const EVENTS = {
  OrderPlaced: 'order_placed',
  OrderItemsModified: 'order_modified',
  OrderCancelled: 'order_cancelled',
} as const;
const TYPES = Object.keys(EVENTS) as readonly (keyof typeof EVENTS)[]; // its keys are all there is in it

const valueOf = (state: OrderState): number =>
  isPlaced(state) && phaseOf(state.status) !== 'cancelled' ? orderTotals(state).total : 0;

export type ReportStatisticsDeps = ProcessDeps & {
  readonly readStream: ReadStream;
  readonly customers: CustomerStatistics;
  readonly turns: OrderedQueue;
  readonly queueOf: (customerId: string) => string;
};

/**
 * Tells the customer service what an event changed, under the key of the event. Within a customer's queue each waits
 * until those before it are told; an event that does not name its customer first goes to that queue.
 */
export const reportStatisticsTask = ({
  readStream,
  customers,
  turns,
  queueOf,
  ...deps
}: ReportStatisticsDeps): Task => {
  const stateAt = async (stream: string, revision: bigint): Promise<OrderState> =>
    revision < 0n ? NO_ORDER : ((await readStream(orderFold, stream, { revision }))?.state ?? NO_ORDER);

  const changeOf = async ({ stream, revision, id, fact }: Recorded, event: StatisticsChange['event']) => {
    const [before, after] = await Promise.all([stateAt(stream, revision - 1n), stateAt(stream, revision)]);
    if (!isPlaced(after)) throw new Error(`${stream} does not fold to an order`);
    return {
      customer_id: after.customer_id,
      event_id: id,
      event,
      order_id: streamId(stream),
      order_number: after.order_number,
      order_count_change: event === 'order_placed' ? 1 : 0,
      total_value_change: toMajor(valueOf(after) - valueOf(before), after.currency),
      currency: after.currency,
      occurred_at: fact.at,
    };
  };

  return processTask(deps, { name: 'tell-customer-service', of: TYPES }, async (cause, _at, { jobId }) => {
    const change = await changeOf(cause, EVENTS[cause.fact.type]);
    const queue = queueOf(change.customer_id);
    if (!(await turns.isIn(queue, jobId))) return turns.moveTo(queue, 'tell-customer-service', cause);
    if (!(await turns.isFirst(queue, cause)))
      throw new Error('what happened before at this customer is not told yet; it will be tried again');
    await customers.record(change, traceOf(cause.metadata.correlation_id));
    await turns.wakeNext(queue, cause);
  });
};
