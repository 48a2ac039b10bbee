import type {
  OpenReturn,
  OrderMoneyEvent,
  RefundAllocated,
  RefundByHand,
  RefundKind,
  RefundMethod,
  RefundOrder,
  RequestedReturnItem,
  Resolution,
  ResolveRefund,
  ReturnClosed,
  ReturnOpened,
  ReturnSettled,
  SettleReturn,
} from '../../src/domain/order/index.ts';
import type { Actor } from '../../src/domain/shared/decider.ts';
import { NOON, SYSTEM } from './decider-spec.ts';
import { ADMIN } from './order-commands.ts';

const METHOD = 'credit_card';
const now = { at: NOON, by: SYSTEM };

export const startPayment = (payment_id: string, amount: number, by: Actor = ADMIN) =>
  ({ type: 'StartPayment', data: { payment_id, amount, method: METHOD }, at: NOON, by }) as const;
export const recordCapture = (payment_id: string, amount: number) =>
  ({ type: 'RecordCapture', data: { payment_id, amount, method: METHOD }, ...now }) as const;
export const recordPaymentFailure = (payment_id: string) =>
  ({ type: 'RecordPaymentFailure', data: { payment_id }, ...now }) as const;
export const refundOverpaid = { type: 'RefundOverpaid', data: {}, ...now } as const;
export const confirmPaidOrder = { type: 'ConfirmPaidOrder', data: {}, ...now } as const;
export const refundByHand = (
  payment_id: string,
  amount: number | null = null,
  more: Partial<RefundByHand['data']> = {},
): RefundByHand => ({ type: 'RefundByHand', data: { payment_id, amount, ...more }, at: NOON, by: ADMIN });
export const refundReturn = (return_id: string) =>
  ({ type: 'RefundReturn', data: { return_id }, at: NOON, by: ADMIN }) as const;

export const paymentStarted = (payment_id: string, amount: number): OrderMoneyEvent => ({
  type: 'PaymentStarted',
  data: { payment_id, amount, method: METHOD },
});
export const paymentCaptured = (payment_id: string, amount: number): OrderMoneyEvent => ({
  type: 'PaymentCaptured',
  data: { payment_id, amount, method: METHOD },
});
export const paymentFailed = (payment_id: string): OrderMoneyEvent => ({ type: 'PaymentFailed', data: { payment_id } });

export const refund = (
  refund_id: string,
  payment_id: string,
  amount: number,
  method: RefundMethod = 'original_payment',
) => ({ refund_id, payment_id, amount, method });

type Refund = ReturnType<typeof refund>;
type Allocation = RefundAllocated['data'];

export const refundAllocated = (
  kind: RefundKind,
  refunds: readonly Refund[],
  return_id: string | null = null,
  more: Partial<Allocation> = {},
): OrderMoneyEvent => ({
  type: 'RefundAllocated',
  data: {
    kind,
    return_id,
    credit_id: kind === 'return' ? return_id : null,
    refunds,
    replaces: [],
    paid_out: false,
    reason_category: null,
    ...more,
  },
});
export const paymentRefunded = (one: Refund, kind: RefundKind, return_id: string | null = null): OrderMoneyEvent => ({
  type: 'PaymentRefunded',
  data: { ...one, kind, return_id },
});
export const refundFailed = (one: Refund, kind: RefundKind, return_id: string | null = null): OrderMoneyEvent => ({
  type: 'PaymentRefundFailed',
  data: { ...one, kind, return_id },
});

export const recordRefund = (one: Refund, kind: RefundKind, return_id: string | null = null) =>
  ({ type: 'RecordRefund', data: { ...one, kind, return_id }, ...now }) as const;
export const recordRefundFailure = (one: Refund, kind: RefundKind, return_id: string | null = null) =>
  ({ type: 'RecordRefundFailure', data: { ...one, kind, return_id }, ...now }) as const;
export const refundOrder = (data: Partial<RefundOrder['data']>): RefundOrder => ({
  type: 'RefundOrder',
  data: { reason_category: 'other', ...data },
  at: NOON,
  by: ADMIN,
});
export const resolveRefund = (
  refund_id: string,
  method: Resolution,
  more: Partial<ResolveRefund['data']> = {},
): ResolveRefund => ({ type: 'ResolveRefund', data: { refund_id, method, ...more }, at: NOON, by: ADMIN });

const nothingPersonal = {
  reason_description: null,
  return_address: null,
  notes: null,
  meta_data: null,
  conditions: {},
};

export const openReturn = (
  return_id: string,
  changes: Partial<Omit<OpenReturn['data'], 'return_id'>> & { readonly at?: string; readonly by?: Actor } = {},
): OpenReturn => {
  const { at = NOON, by = ADMIN, ...data } = changes;
  return {
    type: 'OpenReturn',
    data: {
      return_id,
      return_number: `RET-${return_id}`,
      reason: 'other',
      items: null,
      force: false,
      personal: nothingPersonal,
      ...data,
    },
    at,
    by,
  };
};

export const item = (
  order_item_id: string,
  quantity: number,
  reason: RequestedReturnItem['reason'] = null,
): RequestedReturnItem => ({ order_item_id, quantity, reason });

export const returnOpened = (
  return_id: string,
  items: readonly Omit<ReturnOpened['data']['items'][number], 'id' | 'reason'>[],
  changes: Partial<ReturnOpened['data']> = {},
): ReturnOpened => ({
  type: 'ReturnOpened',
  data: {
    return_id,
    return_number: `RET-${return_id}`,
    reason: 'other',
    forced: false,
    estimate: items.flatMap(({ units }) => units).reduce((total, { amount }) => total + amount, 0),
    items: items.map((one) => ({ ...one, id: `${return_id}/${one.order_item_id}`, reason: null })),
    personal: nothingPersonal,
    ...changes,
  },
});

export const returnSettled = (
  return_id: string,
  items: ReturnSettled['data']['items'],
  changes: Partial<ReturnSettled['data']> = {},
): ReturnSettled => {
  const worth = items.flatMap(({ units }) => units).reduce((total, { amount }) => total + amount, 0);
  return {
    type: 'ReturnSettled',
    data: {
      return_id,
      items,
      shipping: 0,
      reviewed_amount: null,
      restocking_fee: 0,
      amount: worth,
      pays: changes.amount ?? worth,
      invoiced: true,
      refund_method: 'original_payment',
      ...changes,
    },
  };
};

export const returnClosed = (return_id: string, outcome: ReturnClosed['data']['outcome']): ReturnClosed => ({
  type: 'ReturnClosed',
  data: { return_id, outcome },
});

export const settleReturn = (
  return_id: string,
  accepted: Readonly<Record<string, number>>,
  changes: Partial<SettleReturn['data']> = {},
): SettleReturn => ({
  type: 'SettleReturn',
  data: {
    return_id,
    items: Object.entries(accepted).map(([order_item_id, accepted_quantity]) => ({ order_item_id, accepted_quantity })),
    reviewed_amount: null,
    restocking_fee: 0,
    refund_method: 'original_payment',
    ...changes,
  },
  ...now,
});
