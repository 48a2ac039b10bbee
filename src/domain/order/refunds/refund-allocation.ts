import type { Minor } from '../../shared/money.ts';
import { refundable, refundableOf } from '../payments/balance.ts';
import type { AllocatedRefund } from '../events.ts';
import type { OrderIds } from '../settings.ts';
import type { Order } from '../state.ts';

/**
 * Splits an amount over the order's payments, the newest first, never more than each has left. What exceeds the money
 * that is here is not allocated: there is nothing to give back.
 */
export const allocateRefund = (
  order: Order,
  amount: Minor,
  { refundId }: Pick<OrderIds, 'refundId'>,
): readonly AllocatedRefund[] => {
  let missing = amount;
  const refunds: AllocatedRefund[] = [];
  for (const { payment_id } of order.payments.toReversed()) {
    const part = Math.min(missing, refundableOf(order, payment_id));
    if (part <= 0) continue;
    refunds.push({ refund_id: refundId(payment_id, order.refunds.length + refunds.length), payment_id, amount: part });
    missing -= part;
  }
  return refunds;
};

/** How much of an amount can go back in money. */
export const moneyBack = (order: Order, amount: Minor): Minor => Math.min(amount, Math.max(0, refundable(order)));
