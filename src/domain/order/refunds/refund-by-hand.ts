import { accept, type Decision } from '../../shared/decider.ts';
import type { Minor } from '../../shared/money.ts';
import { remarksOf } from '../../shared/remarks.ts';
import type { RefundByHand } from '../commands.ts';
import type { OrderCredited, OrderEvent, RefundAllocated, RefundKind } from '../events.ts';
import { isInvoiced, ledgerOf, leftOfPayment } from '../ledger/index.ts';
import type { OrderRejection } from '../rejections.ts';
import type { OrderRules } from '../settings.ts';
import type { Order, OrderRefund } from '../state.ts';
import { allocated, partOf } from './allocate.ts';
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
  const { overpaid, failed } = ledgerOf(order);
  const rest = Math.max(0, amount - Math.max(overpaid, failed));
  const { reason, meta_data, reason_category = null, credit = isInvoiced(order) } = data;
  const credited = credit && rest > 0 ? [goodwill(rest, data, { order, rules })] : [];
  const refund = partOf(payment, { amount, method }, rules.refundId(payment_id, order.refunds.length));
  const served = servedBy(order, amount, payment_id);
  const allocation = allocated([refund], {
    kind: rest === 0 && served.kind !== null ? served.kind : kindOf(rest, credit),
    credit_id: credited[0]?.data.credit_id ?? served.credit_id,
    return_id: served.return_id,
    replaces: served.replaces,
    paid_out: true,
    reason_category,
    ...remarksOf({ reason, meta_data }),
  });
  return accept<OrderEvent>(...credited, ...allocation, ...endedByAllocation(order, allocation));
};

const kindOf = (rest: Minor, credit: boolean) => {
  if (rest === 0) return 'overpaid';
  return credit ? 'goodwill' : 'money';
};

/** The whole amount is refunded, as requested, even if something else is still due. */
const goodwill = (
  rest: Minor,
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
  return { type, data: { ...data, pays: rest } };
};

type Served = Pick<RefundAllocated['data'], 'replaces' | 'return_id' | 'credit_id'> & {
  readonly kind: RefundKind | null;
};

/**
 * The failed refunds that an amount covers and replaces, those of this payment first. Refunds of a return are replaced
 * only by exactly their amount, so that no return gets more than its settlement.
 */
const servedBy = (order: Order, amount: Minor, payment_id: string): Served => {
  const failed = order.refunds
    .filter(({ status }) => status === 'failed')
    .toSorted((a, b) => Number(b.payment_id === payment_id) - Number(a.payment_id === payment_id));
  const exact = failed.find((refund) => refund.return_id !== null && refund.amount === amount);
  if (exact !== undefined) return standIn([exact]);
  let left = amount;
  const covered = failed.filter((refund) => {
    if (refund.return_id !== null || refund.amount > left) return false;
    left -= refund.amount;
    return true;
  });
  return standIn(covered);
};

const standIn = (covered: readonly OrderRefund[]): Served => {
  const [first] = covered;
  const { kind = null, return_id = null, credit_id = null } = first ?? {};
  return { replaces: covered.map(({ refund_id }) => refund_id), kind, return_id, credit_id };
};
