import { latestJobFrom } from '../engine/job-from.ts';
import { reactor } from '../engine/reactor.ts';

const refund = latestJobFrom('refund-excess');

/** Money that is here without a reason goes back: the order is cancelled, costs less by now, or was paid twice. */
export const refundExcess = reactor({
  name: 'refund_excess',
  prefixes: ['order-'],
  on: { OrderCancelled: refund, OrderItemsModified: refund, PaymentCaptured: refund },
});
