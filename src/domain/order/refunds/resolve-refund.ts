import { match } from 'ts-pattern';
import { accept, type Decision } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import type { ResolveRefund } from '../vocabulary/commands.ts';
import type { AllocatedRefund, OrderEvent, RefundAllocated, RefundWithdrawn } from '../vocabulary/events.ts';
import { ledgerOf } from '../ledger/index.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import type { OrderRules } from '../settings.ts';
import type { Order, OrderRefund } from '../vocabulary/state.ts';
import { allocated, leftWithout, partOf, splitOverPayments, withoutReplaced } from './allocate.ts';
import { isPaidByPeople, type RefundMethod } from '../vocabulary/refund-methods.ts';
import { endedByAllocation, endedReturn } from './record-refund.ts';

type Decided = Decision<OrderEvent, OrderRejection>;
type Resolving = {
  readonly data: ResolveRefund['data'];
  readonly refund: OrderRefund;
  readonly order: Order;
  readonly rules: OrderRules;
};

/** A person resolves a refund that failed or that waits to be paid out. */
export const resolveRefund = ({ data }: ResolveRefund, order: Order, rules: OrderRules): Decided => {
  const refund = order.refunds.find(({ refund_id }) => refund_id === data.refund_id);
  if (refund === undefined) return { rejected: 'refund.not_found' };
  const { status } = refund;
  if (status === 'completed' || status === 'resolved' || status === 'withdrawn') {
    return { rejected: 'refund.already_ended', refund_status: status };
  }
  if (status === 'pending' && !isPaidByPeople(refund.method)) return { rejected: 'refund.in_progress' };
  const resolving = { data, refund, order, rules };
  return match(data.method)
    .returnType<Decided>()
    .with('retry', () =>
      status === 'failed' ? again(resolving, refund.payment_id, 'original_payment') : { rejected: 'refund.not_failed' },
    )
    .with('store_credit', () => again(resolving, refund.payment_id, 'store_credit'))
    .with('other_payment', () =>
      data.payment_id === undefined
        ? { rejected: 'refund.payment_required' }
        : again(resolving, data.payment_id, 'original_payment'),
    )
    .with('bank_transfer', 'cash', (method) => paidOut(resolving, method))
    .with('withdraw', () => withdrawn(resolving))
    .exhaustive();
};

/** A new refund replaces it, with its own id and gateway key, for the amount that must still be refunded. */
const again = (resolving: Resolving, payment_id: string, method: RefundMethod): Decided => {
  const { refund, order, rules } = resolving;
  const amount = stillToPay(order, refund);
  if (amount <= 0) return { rejected: 'refund.not_owed' };
  const payment = order.payments.find((one) => one.payment_id === payment_id);
  const refundable = payment === undefined ? 0 : leftWithout(order, payment_id, [refund.refund_id]);
  if (payment === undefined || amount > refundable) return tooMuch(amount, refundable);
  const way = askedWay(refund, method);
  return accept<OrderEvent>(
    ...replacement(resolving, [
      partOf(payment, { amount, method: way }, rules.refundId(payment_id, order.refunds.length)),
    ]),
  );
};

const tooMuch = (requested: Minor, refundable: Minor): OrderRejection => ({
  rejected: 'refund.exceeds_refundable',
  requested,
  refundable: Math.max(0, refundable),
});

const replacement = (
  { data: { note }, refund: { refund_id, kind, return_id, credit_id } }: Resolving,
  parts: readonly AllocatedRefund[],
  paid_out = false,
): readonly RefundAllocated[] =>
  allocated(parts, {
    kind,
    return_id,
    credit_id,
    replaces: [refund_id],
    paid_out,
    ...(note !== undefined && { personal: { reason: note } }),
  });

/** A retry uses the method that failed. */
const askedWay = ({ method }: OrderRefund, asked: RefundMethod): RefundMethod =>
  asked === 'original_payment' && method === 'store_credit' ? 'store_credit' : asked;

/**
 * At most the amount that is still overpaid, so that nothing is refunded twice; for a refund that an admin made without a
 * credit, at most the balance.
 */
const stillToPay = (order: Order, { refund_id, kind, amount, status }: OrderRefund): Minor =>
  Math.min(
    amount,
    kind === 'money'
      ? ledgerOf(withoutReplaced(order, [refund_id])).balance
      : overpaidWithout(order, { amount, status }),
  );

/** The overpaid amount if a waiting refund is not carried out. */
const overpaidWithout = (order: Order, { amount, status }: Pick<OrderRefund, 'amount' | 'status'>): Minor => {
  const { owed, balance } = ledgerOf(order);
  return Math.max(0, balance + (status === 'pending' ? amount : 0) - owed);
};

const factOf = ({ refund_id, payment_id, amount, method, kind, return_id }: OrderRefund) => ({
  refund_id,
  payment_id,
  amount,
  method,
  kind,
  return_id,
});

export const withdrawnRefund = (refund: OrderRefund): RefundWithdrawn => ({
  type: 'RefundWithdrawn',
  data: factOf(refund),
});

const noteOf = ({ note }: ResolveRefund['data']) => (note === undefined ? {} : { personal: { note } });

/** People paid it out. If its payment has too little left, it is a refund of other payments. */
const paidOut = (resolving: Resolving, method: RefundMethod): Decided => {
  const { data, refund, order, rules } = resolving;
  const amount = stillToPay(order, refund);
  if (amount <= 0) return { rejected: 'refund.not_owed' };
  const replaces = [refund.refund_id];
  if (amount > leftWithout(order, refund.payment_id, replaces)) {
    const allocation = replacement(resolving, splitOverPayments(order, { amount, method, replaces }, rules), true);
    return accept<OrderEvent>(...allocation, ...endedByAllocation(order, allocation));
  }
  return {
    accepted: [
      { type: 'RefundResolved', data: { ...factOf(refund), amount, method, ...noteOf(data) } },
      ...endedReturn(order, refund, 'resolved'),
    ],
  };
};

/** Only if nothing is overpaid without it: otherwise the shop would keep the money without a reason. */
const withdrawn = ({ data, refund, order }: Resolving): Decided => {
  const left = overpaidWithout(order, refund);
  if (left > 0) return { rejected: 'refund.still_overpaid', overpaid: left };
  return {
    accepted: [
      { type: 'RefundWithdrawn', data: { ...factOf(refund), ...noteOf(data) } },
      ...endedReturn(order, refund, 'withdrawn'),
    ],
  };
};
