import { accept, type Decision } from '../../shared/decider.ts';
import { sum, type Minor } from '../../shared/money.ts';
import { remarksOf } from '../../shared/remarks.ts';
import type { RefundByHand } from '../vocabulary/commands.ts';
import type { OrderCredited, OrderEvent, RefundAllocated, RefundKind } from '../vocabulary/events.ts';
import { isInvoiced, ledgerOf, leftOfPayment } from '../ledger/index.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import type { OrderRules } from '../settings.ts';
import type { Order, OrderRefund } from '../vocabulary/state.ts';
import { allocated, partOf } from './allocate.ts';
import { isPaidByPeople } from '../vocabulary/refund-methods.ts';
import { endedByAllocation } from './record-refund.ts';
import { creditOf } from './refund-order.ts';

/**
 * An admin refunds an amount of one payment, or all that is left of it. Overpaid and failed amounts are covered first.
 * Before the invoice, the rest is not credited and is due again; after the invoice, it is a goodwill credit.
 */
export const refundByHand = (
  { data }: RefundByHand,
  order: Order,
  rules: OrderRules,
): Decision<OrderEvent, OrderRejection> => {
  const { payment_id, method = 'original_payment' } = data;
  const left = leftOfPayment(order, payment_id);
  const amount = data.amount ?? left;
  const payment = order.payments.find((one) => one.payment_id === payment_id);
  if (left <= 0 || payment === undefined) return { rejected: 'refund.nothing_refundable' };
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > left) {
    return { rejected: 'refund.exceeds_refundable', refundable: left, requested: amount };
  }
  if (isPaidByPeople(method) && payment.method === 'store_credit') return { rejected: 'refund.store_credit_only' };
  const { overpaid, failed, balance, owed } = ledgerOf(order);
  const rest = Math.max(0, amount - Math.max(overpaid, failed));
  const { reason, meta_data, reason_category = null, credit = isInvoiced(order) } = data;
  const covered = amount - rest;
  // A credit pays what is overpaid after it. Only without a credit, money moves in any case.
  const pays = credit ? Math.max(0, Math.min(rest, balance - covered - (owed - rest))) : rest;
  const credited = credit && rest > 0 ? [goodwill({ rest, pays }, data, { order, rules })] : [];
  const allocations = servedBy(order, covered + pays, payment_id).flatMap((served, index) => {
    const refund_id = rules.refundId(payment_id, order.refunds.length + index);
    return allocated([partOf(payment, { amount: served.amount, method }, refund_id)], {
      kind: pays === 0 || served.return_id !== null ? (served.kind ?? 'overpaid') : kindOf(credit),
      credit_id: (served.return_id === null ? credited[0]?.data.credit_id : undefined) ?? served.credit_id,
      return_id: served.return_id,
      replaces: served.replaces,
      ...(served.lowers.length > 0 && { lowers: served.lowers }),
      paid_out: true,
      reason_category,
      ...remarksOf({ reason, meta_data }),
    });
  });
  return accept<OrderEvent>(...credited, ...allocations, ...endedByAllocation(order, allocations));
};

const kindOf = (credit: boolean) => (credit ? 'goodwill' : 'money');

const goodwill = (
  { rest, pays }: { readonly rest: Minor; readonly pays: Minor },
  { reason, reason_category }: RefundByHand['data'],
  { order, rules }: { readonly order: Order; readonly rules: OrderRules },
): OrderCredited => {
  const { type, data } = creditOf(order, rules, {
    kind: 'goodwill',
    parts: { items: [], shipping: 0, goodwill: rest },
    reason_category: reason_category ?? null,
    restock: false,
    ...(reason !== undefined && { personal: { note: reason } }),
  });
  return { type, data: { ...data, pays } };
};

type Served = Required<Pick<RefundAllocated['data'], 'replaces' | 'return_id' | 'credit_id' | 'lowers'>> & {
  readonly amount: Minor;
  readonly kind: RefundKind | null;
};

/**
 * The failed refunds that an amount covers, grouped by return; the part that covers none is in the first group. A refund
 * that is covered in part stays failed with the rest, so no return gets more than its settlement.
 */
const servedBy = (order: Order, amount: Minor, payment_id: string): readonly Served[] => {
  let left = amount;
  const parts = failedFirst(order, amount, payment_id).flatMap((refund) => {
    const part = Math.min(left, refund.amount);
    left -= part;
    return part === 0 ? [] : [{ refund, part }];
  });
  const returns = new Set([null, ...parts.map(({ refund }) => refund.return_id)]);
  return [...returns]
    .map((return_id) =>
      standIn(
        parts.filter(({ refund }) => refund.return_id === return_id),
        return_id === null ? left : 0,
      ),
    )
    .filter((served) => served.amount > 0);
};

/** First a refund of a return with exactly this amount, then those of this payment, then the others. */
const failedFirst = (order: Order, amount: Minor, payment_id: string): readonly OrderRefund[] => {
  const rank = (refund: OrderRefund): number => {
    if (refund.return_id !== null && refund.amount === amount) return 0;
    return refund.payment_id === payment_id ? 1 : 2;
  };
  return order.refunds.filter(({ status }) => status === 'failed').toSorted((a, b) => rank(a) - rank(b));
};

type Part = { readonly refund: OrderRefund; readonly part: Minor };

const standIn = (parts: readonly Part[], rest: Minor): Served => {
  const { kind = null, return_id = null, credit_id = null } = parts[0]?.refund ?? {};
  return {
    amount: rest + sum(parts.map(({ part }) => part)),
    kind,
    return_id,
    credit_id,
    replaces: parts.filter(({ refund, part }) => part === refund.amount).map(({ refund }) => refund.refund_id),
    lowers: parts
      .filter(({ refund, part }) => part < refund.amount)
      .map(({ refund: { refund_id, amount }, part }) => ({ refund_id, amount: amount - part })),
  };
};
