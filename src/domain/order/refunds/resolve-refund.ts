import { match } from 'ts-pattern';
import { accept, type Decision } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import type { ResolveRefund } from '../commands.ts';
import type { OrderEvent, RefundWithdrawn } from '../events.ts';
import { ledgerOf } from '../ledger/index.ts';
import type { OrderRejection } from '../rejections.ts';
import type { OrderRules } from '../settings.ts';
import type { Order, OrderRefund } from '../state.ts';
import { allocated, leftWithout, partOf } from './allocate.ts';
import { isPaidByPeople, type RefundMethod } from './methods.ts';
import { endedReturn } from './record-refund.ts';

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
const again = ({ data, refund, order, rules }: Resolving, payment_id: string, method: RefundMethod): Decided => {
  const { refund_id, kind, return_id, credit_id } = refund;
  const amount = stillToPay(order, refund);
  if (amount === 0) return { rejected: 'refund.not_owed' };
  const replaces = [refund_id];
  const payment = order.payments.find((one) => one.payment_id === payment_id);
  const refundable = payment === undefined ? 0 : leftWithout(order, payment_id, replaces);
  if (payment === undefined || amount > refundable) {
    return { rejected: 'refund.exceeds_refundable', requested: amount, refundable: Math.max(0, refundable) };
  }
  const part = partOf(
    payment,
    { amount, method: askedWay(refund, method) },
    rules.refundId(payment_id, order.refunds.length),
  );
  return accept<OrderEvent>(
    ...allocated([part], {
      kind,
      return_id,
      credit_id,
      replaces,
      ...(data.note !== undefined && { personal: { reason: data.note } }),
    }),
  );
};

/** A retry uses the method that failed. */
const askedWay = ({ method }: OrderRefund, asked: RefundMethod): RefundMethod =>
  asked === 'original_payment' && method === 'store_credit' ? 'store_credit' : asked;

/** A refund that an admin made without a credit is repeated in full; any other only as far as it is still overpaid. */
const stillToPay = (order: Order, { kind, amount, status }: OrderRefund): Minor => {
  return kind === 'money' ? amount : Math.min(amount, overpaidWithout(order, { amount, status }));
};

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

const paidOut = ({ data, refund, order }: Resolving, method: RefundMethod): Decided => {
  const refundable = leftWithout(order, refund.payment_id, [refund.refund_id]);
  if (refund.amount > refundable) {
    return { rejected: 'refund.exceeds_refundable', requested: refund.amount, refundable: Math.max(0, refundable) };
  }
  return {
    accepted: [
      { type: 'RefundResolved', data: { ...factOf(refund), method, ...noteOf(data) } },
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
