import { sum, type Minor } from '../../shared/money.ts';
import type { AllocatedRefund, RefundAllocated, OrderEvent } from '../vocabulary/events.ts';
import { leftOfPayment, unclaimedOfPayment, payable } from '../ledger/index.ts';
import type { OrderIds, OrderRules } from '../settings.ts';
import type { Order, OrderPayment } from '../vocabulary/state.ts';
import { wayBack, type RefundMethod } from '../vocabulary/refund-methods.ts';
import { accept, type Decision } from '../../shared/decider.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';

type Split = {
  readonly amount: Minor;
  readonly method: RefundMethod;
  /** Failed refunds that this one replaces: their money is free for it. */
  readonly replaces?: readonly string[];
};

/**
 * Splits an amount over the order's payments, the newest first, and never takes more than a payment has left. The
 * amount of failed refunds of a payment is taken last, unless they are replaced.
 */
export const splitOverPayments = (
  order: Order,
  { amount, method, replaces = [] }: Split,
  { refundId }: Pick<OrderIds, 'refundId'>,
): readonly AllocatedRefund[] => {
  const open = withoutReplaced(order, replaces);
  const newest = order.payments.toReversed();
  const unclaimed = newest.map(({ payment_id }) => Math.max(0, unclaimedOfPayment(open, payment_id)));
  const claimed = newest.map(({ payment_id }, index) => leftOfPayment(open, payment_id) - (unclaimed[index] ?? 0));
  const taken = takeFrom([...unclaimed, ...claimed], amount);
  const refunds: AllocatedRefund[] = [];
  for (const [index, payment] of newest.entries()) {
    const part = (taken[index] ?? 0) + (taken[index + newest.length] ?? 0);
    if (part <= 0) continue;
    const refund_id = refundId(payment.payment_id, order.refunds.length + refunds.length);
    refunds.push(partOf(payment, { amount: part, method }, refund_id));
  }
  return refunds;
};

/** How much is taken of each until the amount is reached. */
const takeFrom = (available: readonly Minor[], amount: Minor): readonly Minor[] => {
  let missing = amount;
  return available.map((left) => {
    const part = Math.max(0, Math.min(missing, left));
    missing -= part;
    return part;
  });
};

export const partOf = (
  { payment_id, method: paidBy }: Pick<OrderPayment, 'payment_id' | 'method'>,
  { amount, method }: Pick<Split, 'amount' | 'method'>,
  refund_id: string,
): AllocatedRefund => ({ refund_id, payment_id, amount, method: wayBack(paidBy, method) });

/** The order as if some refunds were already replaced. */
export const withoutReplaced = (order: Order, replaces: readonly string[]): Order =>
  replaces.length === 0
    ? order
    : { ...order, refunds: order.refunds.filter(({ refund_id }) => !replaces.includes(refund_id)) };

/** The amount of a payment that can still be refunded when some of its refunds are replaced. */
export const leftWithout = (order: Order, payment_id: string, replaces: readonly string[]): Minor =>
  leftOfPayment(withoutReplaced(order, replaces), payment_id);

type Purpose = Pick<RefundAllocated['data'], 'kind'> & Partial<Omit<RefundAllocated['data'], 'kind' | 'refunds'>>;

/** The event of an allocation; none if there is nothing to refund. */
export const allocated = (refunds: readonly AllocatedRefund[], purpose: Purpose): readonly RefundAllocated[] =>
  sum(refunds.map(({ amount }) => amount)) === 0
    ? []
    : [
        {
          type: 'RefundAllocated',
          data: {
            return_id: null,
            credit_id: null,
            replaces: [],
            paid_out: false,
            reason_category: null,
            ...purpose,
            refunds,
          },
        },
      ];

/**
 * The overpaid rule: the overpaid amount is refunded once, newest payment first. Failed refunds wait for a person, and
 * the claims of settled returns wait for their own allocation.
 */
export const refundOverpaid = (order: Order, rules: OrderRules): Decision<OrderEvent, OrderRejection> => {
  const kind = order.status === 'cancelled' ? 'cancellation' : 'overpaid';
  const refunds = splitOverPayments(order, { amount: payable(order), method: 'original_payment' }, rules);
  return accept(...allocated(refunds, { kind }));
};
