import type { Minor } from '../shared/money.ts';
import { refundedFor } from './balance.ts';
import type { Order } from './state.ts';

export type RefundStatus = 'pending' | 'partial' | 'failed' | 'completed';

/** How far the money of a return has got; `null` before it is settled, and when it ended without. */
export const refundStatus = (order: Order, return_id: string): RefundStatus | null => {
  const one = order.returns.find((candidate) => candidate.return_id === return_id);
  if (!one?.settlement) return null;
  if (one.status === 'closed') return 'completed';
  const { done, pending } = refundedFor(order, return_id);
  const isAllocated = order.refunds.some((refund) => refund.return_id === return_id);
  if (isAllocated && pending === 0) return 'failed';
  return done > 0 ? 'partial' : 'pending';
};

/** What really went back for a return. */
export const refundedAmount = (order: Order, return_id: string): Minor => refundedFor(order, return_id).done;
