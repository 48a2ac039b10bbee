import type { Changes } from '../../shared/fold.ts';
import { sum } from '../../shared/money.ts';
import { refundedFor } from './balance.ts';
import type { OrderMoneyEvent, PaymentCaptured, PaymentRefunded, RefundAllocated } from '../events.ts';
import type { Order, OrderPayment, OrderRefund } from '../state.ts';

export const MONEY_CHANGES: Changes<OrderMoneyEvent, Order> = {
  PaymentStarted: (order, { data }) => ({
    payments: [...order.payments, { ...data, status: 'in_flight' }],
  }),
  PaymentCaptured: (order, { data }) => ({ payments: withCaptured(order.payments, data) }),
  PaymentFailed: (order, { data }) => ({
    payments: order.payments.map((one) =>
      one.payment_id === data.payment_id ? { ...one, status: 'failed' as const } : one,
    ),
  }),
  RefundAllocated: (order, { data }) => withAllocated(order, data),
  PaymentRefunded: (order, { data }) => ({ refunds: withRefund(order.refunds, data, 'done') }),
  PaymentRefundFailed: (order, { data }) => ({ refunds: withRefund(order.refunds, data, 'failed') }),
};

/** Captured money counts, also without an announced payment. */
const withCaptured = (payments: Order['payments'], data: PaymentCaptured['data']): Order['payments'] => {
  const payment: OrderPayment = { ...data, status: 'captured' };
  return payments.some(({ payment_id }) => payment_id === data.payment_id)
    ? payments.map((one) => (one.payment_id === data.payment_id ? payment : one))
    : [...payments, payment];
};

const withAllocated = (order: Order, { refunds, cause, return_id }: RefundAllocated['data']): Partial<Order> => ({
  refunds: [
    ...order.refunds,
    ...refunds.map((refund) => ({ ...refund, cause, return_id, status: 'pending' as const })),
  ],
  returns: order.returns.map((one) => {
    if (one.return_id !== return_id) return one;
    return { ...one, money_back: refundedFor(order, return_id).done + sum(refunds.map(({ amount }) => amount)) };
  }),
});

const withRefund = (
  refunds: Order['refunds'],
  data: PaymentRefunded['data'],
  status: OrderRefund['status'],
): Order['refunds'] =>
  refunds.some(({ refund_id }) => refund_id === data.refund_id)
    ? refunds.map((one) => (one.refund_id === data.refund_id ? { ...one, status } : one))
    : [...refunds, { ...data, status }];
