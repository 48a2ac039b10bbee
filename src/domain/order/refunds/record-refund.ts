import { accept, type Decision } from '../../shared/decider.ts';
import type { RecordRefund, RecordRefundFailure } from '../vocabulary/commands.ts';
import type { OrderEvent, RefundAllocated, ReturnClosed } from '../vocabulary/events.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import { withAllocated } from '../payments/evolve.ts';
import type { Order, OrderRefund, RefundState } from '../vocabulary/state.ts';

type Decided = Decision<OrderEvent, OrderRejection>;

/**
 * A refund completed, according to the payment's stream. If it was the last refund of a return, the return has ended.
 */
export const recordRefund = ({ data }: RecordRefund, order: Order): Decided => {
  const known = order.refunds.find(({ refund_id }) => refund_id === data.refund_id);
  if (known !== undefined && known.status !== 'pending' && known.status !== 'failed') return accept();
  return { accepted: [{ type: 'PaymentRefunded', data }, ...endedReturn(order, data, 'completed')] };
};

/** A refund failed permanently. The shop has its money again, and a person must resolve it. */
export const recordRefundFailure = ({ data }: RecordRefundFailure, order: Order): Decided => {
  const known = order.refunds.find(({ refund_id }) => refund_id === data.refund_id);
  return known?.status === 'pending' ? accept({ type: 'PaymentRefundFailed', data }) : accept();
};

/** The end of the return to which a refund belongs, if this refund was the last one. */
export const endedReturn = (
  order: Order,
  { refund_id, return_id }: { readonly refund_id: string; readonly return_id: string | null },
  status: RefundState,
): readonly OrderEvent[] =>
  endOfReturn(
    order,
    return_id,
    order.refunds.map((refund) => (refund.refund_id === refund_id ? { ...refund, status } : refund)),
  );

/** The same after an allocation: refunds paid out by hand are completed with it. */
export const endedByAllocation = (order: Order, events: readonly RefundAllocated[]): readonly OrderEvent[] =>
  events.flatMap(({ data }) =>
    endOfReturn(order, data.return_id, withAllocated(order.refunds, data, order.updated_at)),
  );

const endOfReturn = (
  order: Order,
  return_id: string | null,
  refunds: readonly OrderRefund[],
): readonly OrderEvent[] => {
  const one = order.returns.find((candidate) => candidate.return_id === return_id);
  if (one?.status !== 'settled' || one.settlement === null) return [];
  const own = refunds.filter((refund) => refund.return_id === return_id);
  const isOpen = own.length === 0 || own.some(({ status }) => status === 'pending' || status === 'failed');
  return isOpen ? [] : [refundedReturn(one.return_id)];
};

/** A return ends when its money was refunded, or when there was none to refund. */
export const refundedReturn = (return_id: string): ReturnClosed => ({
  type: 'ReturnClosed',
  data: { return_id, outcome: 'refunded' },
});
