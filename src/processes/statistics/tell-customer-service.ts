import { createHash } from 'node:crypto';
import type { Recorded } from '../../event-store/recorded.ts';
import type { JobRequest } from '../../jobs/queue.ts';
import { jobFrom } from '../engine/job-from.ts';
import { reactor } from '../engine/reactor.ts';

const TASK = 'tell-customer-service';
/** With the place in the log by which jobs of one queue know their order. */
const tell = (recorded: Recorded): JobRequest => {
  const job = jobFrom(TASK)(recorded);
  return { ...job, payload: { ...job.payload, position: String(recorded.position) } };
};

/** One queue a customer, whose name no customer id is too long for. */
export const customerQueue = (customerId: string): string =>
  `${TASK}:${createHash('sha256').update(customerId).digest('hex').slice(0, 32)}`;

/** The customer service counts orders. Later events do not name the customer: their job finds the queue by itself. */
export const reportStatistics = reactor({
  name: 'tell_customer_service',
  prefixes: ['order-'],
  on: {
    OrderPlaced: (recorded) => ({ ...tell(recorded), queue: customerQueue(recorded.fact.data.customer_id) }),
    OrderItemsModified: tell,
    OrderCancelled: tell,
  },
});
