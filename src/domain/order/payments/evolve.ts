import type { Fact } from '../../shared/decider.ts';
import type { Changes } from '../../shared/fold.ts';
import type {
  AllocatedRefund,
  OrderMoneyEvent,
  PaymentCaptured,
  RefundAllocated,
  RefundPurpose,
} from '../vocabulary/events.ts';
import { isPaidByPeople } from '../vocabulary/refund-methods.ts';
import type { Order, OrderPayment, OrderRefund, RefundState } from '../vocabulary/state.ts';

export const MONEY_CHANGES: Changes<Fact<OrderMoneyEvent>, Order> = {
  PaymentStarted: (order, { data }) => ({
    payments: [...order.payments, { ...data, status: 'in_flight' }],
  }),
  PaymentCaptured: (order, { data }) => ({ payments: withCaptured(order.payments, data) }),
  PaymentFailed: (order, { data }) => ({
    payments: order.payments.map((one) =>
      one.payment_id === data.payment_id ? { ...one, status: 'failed' as const } : one,
    ),
  }),
  OrderCredited: (
    order,
    { at, data: { credit_id, kind, amount, parts, pays, invoiced, to_deduct, reason_category, restock } },
  ) => ({
    credits: [
      ...order.credits,
      {
        ...{ credit_id, kind, amount, parts, pays, invoiced, to_deduct: to_deduct ?? null },
        ...{ return_id: null, reason_category, restock, at },
      },
    ],
  }),
  RefundAllocated: (order, { data, at }) => ({ refunds: withAllocated(order.refunds, data, at) }),
  PaymentRefunded: (order, fact) => ({ refunds: withRefund(order.refunds, fact, 'completed') }),
  PaymentRefundFailed: (order, fact) => ({ refunds: withRefund(order.refunds, fact, 'failed') }),
  RefundResolved: (order, fact) => ({ refunds: withRefund(order.refunds, fact, 'resolved') }),
  RefundWithdrawn: (order, fact) => ({ refunds: withRefund(order.refunds, fact, 'withdrawn') }),
};

/** Captured money counts even if its payment was not announced. */
const withCaptured = (payments: Order['payments'], data: PaymentCaptured['data']): Order['payments'] => {
  const payment: OrderPayment = { ...data, status: 'captured' };
  return payments.some(({ payment_id }) => payment_id === data.payment_id)
    ? payments.map((one) => (one.payment_id === data.payment_id ? payment : one))
    : [...payments, payment];
};

export const withAllocated = (
  before: Order['refunds'],
  { refunds, kind, return_id, credit_id, replaces, lowers = [], paid_out }: RefundAllocated['data'],
  at: string,
): Order['refunds'] => [
  ...before.map((refund): OrderRefund =>
    replaces.includes(refund.refund_id)
      ? { ...refund, status: 'withdrawn', is_replaced: true }
      : { ...refund, ...lowers.find(({ refund_id }) => refund_id === refund.refund_id) },
  ),
  ...refunds.map((refund): OrderRefund => {
    const status = paid_out && isPaidByPeople(refund.method) ? 'completed' : 'pending';
    return { ...refund, kind, return_id, credit_id, status, is_replaced: false, at };
  }),
];

const withRefund = (
  refunds: Order['refunds'],
  {
    at,
    data: { refund_id, payment_id, amount, method, kind, return_id },
  }: { readonly at: string; readonly data: AllocatedRefund & RefundPurpose },
  status: RefundState,
): Order['refunds'] =>
  refunds.some((refund) => refund.refund_id === refund_id)
    ? refunds.map((one) => (one.refund_id === refund_id ? { ...one, amount, method, status } : one))
    : [
        ...refunds,
        { refund_id, payment_id, amount, method, kind, return_id, credit_id: null, status, is_replaced: false, at },
      ];
