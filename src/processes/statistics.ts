import { createHash } from 'node:crypto';
import type { ReadStream } from '../commands/index.ts';
import { isPlaced, ledgerOf, NO_ORDER, orderFold, type OrderState } from '../domain/order/index.ts';
import { toMajor } from '../domain/shared/amount-notation.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { streamId } from '../event-store/stream-names.ts';
import type { CustomerStatistics, StatisticsChange } from '../gateways/customers/index.ts';
import type { OrderedQueue } from '../jobs/ordered-queue.ts';
import { TryAgainLater } from '../jobs/try-again-later.ts';
import { traceOf } from '../platform/trace.ts';
import { defineProcess, perEvent } from './engine/process.ts';

type StatisticsDeps = {
  readonly readStream: ReadStream;
  /** Undefined: the merchant has no customer service. */
  readonly customers: CustomerStatistics | undefined;
  readonly turns: OrderedQueue;
};

const EVENT_OF = {
  OrderPlaced: 'order_placed',
  OrderItemsModified: 'order_modified',
  OrderCancelled: 'order_cancelled',
  OrderCredited: 'order_credited',
  ReturnSettled: 'order_credited',
} as const;

const valueOf = (state: OrderState): number => (isPlaced(state) ? ledgerOf(state).owed : 0);

const changeOf = async (
  readStream: ReadStream,
  { stream, revision, id, fact }: Recorded,
  event: StatisticsChange['event'],
): Promise<StatisticsChange> => {
  const stateAt = async (at: bigint): Promise<OrderState> =>
    at < 0n ? NO_ORDER : ((await readStream(orderFold, stream, { revision: at }))?.state ?? NO_ORDER);
  const [before, after] = await Promise.all([stateAt(revision - 1n), stateAt(revision)]);
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

/** One queue a customer, whose name no customer id is too long for. */
const customerQueue = (customerId: string): string =>
  `tell-customer-service:${createHash('sha256').update(customerId).digest('hex').slice(0, 32)}`;

/**
 * The customer service counts orders: it is sent what an event changed, under the key of the event. Within a customer's
 * queue each waits until those before it are sent; an event that does not name its customer first goes to that queue.
 */
export const reportStatistics = defineProcess({
  name: 'tell-customer-service',
  on: { order: ['OrderPlaced', 'OrderItemsModified', 'OrderCancelled', 'OrderCredited', 'ReturnSettled'] },
  key: perEvent,
  queue: ({ fact }) => (fact.type === 'OrderPlaced' ? customerQueue(fact.data.customer_id) : undefined),
  isUsed: ({ customers }: StatisticsDeps) => customers !== undefined,
  run: async (cause, { readStream, customers, turns }: StatisticsDeps, { jobId, job }) => {
    if (customers === undefined) throw new Error('no customer service is configured');
    const change = await changeOf(readStream, cause, EVENT_OF[cause.fact.type]);
    const queue = customerQueue(change.customer_id);
    if (!(await turns.isIn(queue, jobId))) return turns.moveTo(queue, job);
    if (!(await turns.isFirst(queue, cause, job.task)))
      throw new TryAgainLater('earlier changes of this customer are not sent yet; it will be tried again');
    await customers.record(change, traceOf(cause.metadata.correlation_id));
    await turns.wakeNext(queue, cause);
  },
});
