import { latestJobFrom } from '../engine/job-from.ts';
import { reactor } from '../engine/reactor.ts';

const confirm = latestJobFrom('confirm-paid-order');

/** Captured money that covers the total confirms the order: when it comes in, when the total falls, when the order is due. */
export const confirmPaidOrders = reactor({
  name: 'confirm_paid_orders',
  prefixes: ['order-'],
  on: { PaymentCaptured: confirm, OrderItemsModified: confirm, OrderReleased: confirm },
});
