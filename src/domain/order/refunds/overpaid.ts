import { accept, type Decision } from '../../shared/decider.ts';
import type { OrderEvent } from '../events.ts';
import { payable } from '../ledger/index.ts';
import type { OrderRejection } from '../rejections.ts';
import type { OrderRules } from '../settings.ts';
import type { Order } from '../state.ts';
import { allocated, splitOverPayments } from './allocate.ts';

/**
 * The one rule: what is overpaid goes back, newest payment first, once. What failed waits for a person, and what a settled
 * return claims for its own allocation.
 */
export const refundOverpaid = (order: Order, rules: OrderRules): Decision<OrderEvent, OrderRejection> => {
  const kind = order.status === 'cancelled' ? 'cancellation' : 'overpaid';
  const refunds = splitOverPayments(order, { amount: payable(order), method: 'original_payment' }, rules);
  return accept(...allocated(refunds, { kind }));
};
