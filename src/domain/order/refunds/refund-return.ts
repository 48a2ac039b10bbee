import { accept, type Decision } from '../../shared/decider.ts';
import type { RefundReturn } from '../vocabulary/commands.ts';
import type { OrderEvent } from '../vocabulary/events.ts';
import { claimOfReturn, ledgerOf, refundsThat } from '../ledger/index.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import { endedByAllocation, refundedReturn } from './record-refund.ts';
import type { OrderRules } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';
import { allocated, splitOverPayments } from './allocate.ts';
import { withdrawnRefund } from './resolve-refund.ts';

/** Refunds the overpaid part of a settled return: the first time, or again for the part that failed. */
export const refundReturn = (
  { data }: RefundReturn,
  order: Order,
  rules: OrderRules,
): Decision<OrderEvent, OrderRejection> => {
  const { return_id } = data;
  const one = order.returns.find((candidate) => candidate.return_id === return_id);
  if (one === undefined) return { rejected: 'return.not_found' };
  if (one.status === 'closed') return accept();
  if (one.settlement === null) return { rejected: 'return.not_settled' };
  const own = order.refunds.filter((refund) => refund.return_id === return_id);
  const pending = refundsThat(own, 'pending');
  if (pending > 0) return { rejected: 'return.refund_in_progress', pending };
  const failed = own.filter(({ status }) => status === 'failed');
  const amount = Math.min(claimOfReturn(order, one) + refundsThat(failed, 'failed'), ledgerOf(order).overpaid);
  const replaces = failed.map(({ refund_id }) => refund_id);
  const method = data.method ?? one.settlement.refund_method;
  const refunds = splitOverPayments(order, { amount, method, replaces }, rules);
  // The money was refunded in another way: a failed refund is withdrawn.
  if (refunds.length === 0) return accept<OrderEvent>(...failed.map(withdrawnRefund), refundedReturn(return_id));
  const allocation = allocated(refunds, {
    kind: 'return',
    return_id,
    credit_id: return_id,
    replaces,
    paid_out: data.method !== undefined,
  });
  return accept<OrderEvent>(...allocation, ...endedByAllocation(order, allocation));
};
