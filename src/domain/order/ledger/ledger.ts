import type { Term } from '../../shared/explanation.ts';
import { sum, type Minor } from '../../shared/money.ts';
import { oncePerObject } from '../../shared/once-per-object.ts';
import { phaseOf } from '../vocabulary/transitions.ts';
import { orderTotals } from '../pricing/totals.ts';
import type { RefundKind } from '../vocabulary/events.ts';
import type { Order, OrderPayment, OrderRefund, OrderReturn, RefundState } from '../vocabulary/state.ts';

export const ORDER_PAYMENT_STATUSES = ['unpaid', 'partly_paid', 'paid', 'overpaid', 'settled'] as const;
export type PaymentStatus = (typeof ORDER_PAYMENT_STATUSES)[number];

export const ORDER_REFUND_STATUSES = ['none', 'pending', 'failed', 'done'] as const;
export type OrderRefundStatus = (typeof ORDER_REFUND_STATUSES)[number];

/** Every sum of an order's money. No other code adds up money. */
export type Ledger = {
  /** The agreed amount. */
  readonly total: Minor;
  /** The part of it that the shop gave up. */
  readonly credited: Minor;
  readonly owed: Minor;
  /** Payments requested from a gateway, without an answer yet. */
  readonly being_paid: Minor;
  readonly captured: Minor;
  /** Refunded, in money or as store credit. */
  readonly refunded: Minor;
  /** Refunds in progress. */
  readonly in_flight: Minor;
  /** Refunds that failed and are not resolved: the shop still has this money. */
  readonly failed: Minor;
  readonly balance: Minor;
  readonly amount_due: Minor;
  readonly overpaid: Minor;
  readonly payment_status: PaymentStatus;
  readonly refund_status: OrderRefundStatus;
};

export const ledgerOf = oncePerObject((order: Order): Ledger => {
  const { total } = orderTotals(order);
  const credited = sum(order.credits.map(({ amount }) => amount));
  const owed = isVoid(order) ? 0 : Math.max(0, total - credited);
  const captured = paymentsThat(order, 'captured');
  const refunded = refundedIn(order.refunds);
  const in_flight = refundsThat(order.refunds, 'pending');
  const balance = captured - refunded - in_flight;
  const sums = {
    total,
    credited,
    owed,
    being_paid: paymentsThat(order, 'in_flight'),
    captured,
    refunded,
    in_flight,
    failed: refundsThat(order.refunds, 'failed'),
    balance,
    amount_due: dueOf({ owed, balance }),
    overpaid: Math.max(0, balance - owed),
  };
  return { ...sums, payment_status: paymentStatusOf(sums), refund_status: refundStatusOfOrder(order) };
});

const dueOf = ({ owed, balance }: Pick<Ledger, 'owed' | 'balance'>): Minor => Math.max(0, owed - balance);

/** What is due once so much of what is here goes back. */
export const dueAfterPaying = (order: Order, pays: Minor): Minor => {
  const { owed, balance } = ledgerOf(order);
  return dueOf({ owed, balance: balance - pays });
};

/** Cancelled before anything was shipped: nothing is owed. */
export const isVoid = ({ status }: Order): boolean => phaseOf(status) === 'cancelled';

/** Nothing is due, and it was paid rather than given away. */
export const isPaid = (order: Order): boolean => {
  const { amount_due, total, balance } = ledgerOf(order);
  return amount_due === 0 && (total === 0 || balance > 0);
};

const paymentStatusOf = ({
  total,
  balance,
  amount_due,
  overpaid,
}: Pick<Ledger, 'total' | 'balance' | 'amount_due' | 'overpaid'>): PaymentStatus => {
  if (overpaid > 0) return 'overpaid';
  if (amount_due > 0) return balance > 0 ? 'partly_paid' : 'unpaid';
  return total === 0 || balance > 0 ? 'paid' : 'settled';
};

const refundStatusOfOrder = ({ refunds }: Order): OrderRefundStatus => {
  const has = (...statuses: readonly RefundState[]) => refunds.some(({ status }) => statuses.includes(status));
  if (has('failed')) return 'failed';
  if (has('pending')) return 'pending';
  return refunds.some(hasGoneBack) ? 'done' : 'none';
};

const paymentsThat = ({ payments }: Pick<Order, 'payments'>, status: OrderPayment['status']): Minor =>
  sum(payments.filter((payment) => payment.status === status).map(({ amount }) => amount));

export const refundsThat = (
  refunds: readonly Pick<OrderRefund, 'amount' | 'status'>[],
  ...statuses: readonly RefundState[]
): Minor => sum(refunds.filter(({ status }) => statuses.includes(status)).map(({ amount }) => amount));

/** Whether the money of a refund is with the customer: the gateway paid it, or people did. */
export const hasGoneBack = ({ status }: Pick<OrderRefund, 'status'>): boolean =>
  status === 'completed' || status === 'resolved';

/** The refunds that went back, as terms. */
export const termsOfRefunds = (
  refunds: readonly Pick<OrderRefund, 'refund_id' | 'amount' | 'status' | 'method'>[],
): readonly Term[] =>
  refunds.filter(hasGoneBack).map(({ refund_id, amount, method }) => ({
    key: `refund:${refund_id}`,
    label: `Refund: ${method.replaceAll('_', ' ')}`,
    amount,
  }));

/** What of these refunds went back. */
export const refundedIn = (refunds: readonly Pick<OrderRefund, 'amount' | 'status'>[]): Minor =>
  sum(refunds.filter(hasGoneBack).map(({ amount }) => amount));

type Payments = Pick<Order, 'payments' | 'refunds'>;

/** What of one payment went back. */
export const refundedOfPayment = ({ refunds }: Pick<Payments, 'refunds'>, payment_id: string): Minor =>
  refundedIn(refunds.filter((refund) => refund.payment_id === payment_id));

/** The part of one payment that the shop has and that is not being refunded. */
export const leftOfPayment = ({ payments, refunds }: Payments, payment_id: string): Minor =>
  paymentsThat({ payments: payments.filter((one) => one.payment_id === payment_id) }, 'captured') -
  refundedOfPayment({ refunds }, payment_id) -
  refundsThat(
    refunds.filter((refund) => refund.payment_id === payment_id),
    'pending',
  );

/** The same, less failed refunds of this payment: the overpaid rule does not request these again. */
export const unclaimedOfPayment = (order: Payments, payment_id: string): Minor =>
  leftOfPayment(order, payment_id) -
  refundsThat(
    order.refunds.filter((refund) => refund.payment_id === payment_id),
    'failed',
  );

/**
 * The amount that a settled return still has to get and that is not allocated yet: it is allocated once, as a whole.
 */
export const claimOfReturn = ({ refunds }: Pick<Order, 'refunds'>, one: OrderReturn): Minor =>
  one.status !== 'settled' || one.settlement === null || refunds.some(({ return_id }) => return_id === one.return_id)
    ? 0
    : one.settlement.pays;

/**
 * The amount that the overpaid rule refunds: the overpaid amount, less failed refunds and the claims of settled
 * returns.
 */
export const payable = (order: Order): Minor => {
  const { overpaid, failed } = ledgerOf(order);
  return Math.max(0, overpaid - failed - sum(order.returns.map((one) => claimOfReturn(order, one))));
};

/** Paid at the door: processing does not wait for money. */
export const isPaidOnDelivery = ({ payment_method }: Order): boolean => payment_method === 'cash_on_delivery';

const BY_HAND: ReadonlySet<RefundKind> = new Set(['line', 'shipping', 'goodwill', 'money']);

/** Whether staff refunded money by hand. */
export const isPaidBackByHand = ({ refunds }: Pick<Order, 'refunds'>): boolean =>
  refunds.some(({ kind, status }) => BY_HAND.has(kind) && status !== 'failed' && status !== 'withdrawn');

/** What cancelling leaves for the customer: everything that is here, or on its way back. */
export const refundOfCancellation = (order: Order): Minor => {
  const { captured, refunded } = ledgerOf(order);
  return Math.max(0, captured - refunded);
};

/** Whether cancelling refunds money: some is captured, is being refunded, or may still arrive. */
export const isRefundInitiated = (order: Order): boolean =>
  refundOfCancellation(order) > 0 || ledgerOf(order).being_paid > 0;
