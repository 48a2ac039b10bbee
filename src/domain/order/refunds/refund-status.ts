import { needsResolution } from '../goods/shipments.ts';
import { match } from 'ts-pattern';
import { sum, type Minor } from '../../shared/money.ts';
import { RETURN_OUTCOMES } from '../vocabulary/return-events.ts';
import type {
  OrderEvent,
  PaymentRefunded,
  PaymentRefundFailed,
  RefundAllocated,
  RefundResolved,
  RefundWithdrawn,
  ReturnClosed,
  ReturnSettled,
  SettledItem,
} from '../vocabulary/events.ts';
import { refundedIn, worthOf } from '../ledger/index.ts';
import type { Order, OrderRefund, OrderReturn } from '../vocabulary/state.ts';
import { isPaidByPeople, type RefundMethod } from '../vocabulary/refund-methods.ts';

export const RETURN_REFUND_STATUSES = ['pending', 'partial', 'failed', 'completed'] as const;
export type RefundStatus = (typeof RETURN_REFUND_STATUSES)[number];

/** The money of one return, from the events of its order. */
export type ReturnMoney = {
  /** Its value; `null` before it is settled, and if it ended without settlement. */
  readonly settled_amount: Minor | null;
  /** The accepted units of each line and their value; `null` before the settlement. */
  readonly settled_items: readonly { readonly order_item_id: string; readonly amount: Minor }[] | null;
  /** The fee as charged; `null` before the settlement. */
  readonly settled_fee: Minor | null;
  /** The part that is refunded; the rest was set off against the amount due. */
  readonly pays: Minor;
  readonly is_closed: boolean;
  readonly refunds: readonly Pick<OrderRefund, 'refund_id' | 'amount' | 'method' | 'status' | 'is_replaced'>[];
};

export const NO_RETURN_MONEY: ReturnMoney = {
  settled_amount: null,
  settled_items: null,
  settled_fee: null,
  pays: 0,
  is_closed: false,
  refunds: [],
};

const settledItem = ({ order_item_id, units }: SettledItem) => ({ order_item_id, amount: worthOf(units) });

export const returnMoney = (order: Pick<Order, 'returns' | 'refunds'>, return_id: string): ReturnMoney => {
  const one = order.returns.find((candidate) => candidate.return_id === return_id);
  if (one === undefined) return NO_RETURN_MONEY;
  return {
    settled_amount: one.settlement?.amount ?? null,
    settled_items: one.settlement === null ? null : one.settlement.items.map(settledItem),
    settled_fee: one.settlement?.restocking_fee ?? null,
    pays: one.settlement?.pays ?? 0,
    is_closed: one.status === 'closed',
    refunds: order.refunds
      .filter((refund) => refund.return_id === return_id)
      .map(({ refund_id, amount, method, status, is_replaced }) => ({
        refund_id,
        amount,
        method,
        status,
        is_replaced,
      })),
  };
};

export type ReturnMoneyEvent =
  | ReturnSettled
  | RefundAllocated
  | PaymentRefunded
  | PaymentRefundFailed
  | RefundResolved
  | RefundWithdrawn
  | ReturnClosed;

/** The events of an order that change the money of a return. */
export const CHANGES_RETURN_MONEY: {
  readonly [T in OrderEvent['type']]: T extends ReturnMoneyEvent['type'] ? true : false;
} = {
  OrderPlaced: false,
  OrderReleased: false,
  OrderConfirmed: false,
  OrderProcessingStarted: false,
  OrderShipped: false,
  OrderOutForDelivery: false,
  OrderDelivered: false,
  ItemsShipped: false,
  ShipmentOutForDelivery: false,
  ShipmentDelivered: false,
  ShipmentFailed: false,
  ShipmentReturnedToSender: false,
  ShipmentLost: false,
  ShipmentResolved: false,
  ShipmentDetailsChanged: false,
  OrderCancelled: false,
  OrderReturned: false,
  OrderItemsModified: false,
  OrderDetailsChanged: false,
  DeliveryPartnerAssigned: false,
  ItemsCancelled: false,
  OrderHeld: false,
  HoldReleased: false,
  PaymentStarted: false,
  PaymentCaptured: false,
  PaymentFailed: false,
  OrderCredited: false,
  RefundAllocated: true,
  PaymentRefunded: true,
  PaymentRefundFailed: true,
  RefundResolved: true,
  RefundWithdrawn: true,
  ReturnOpened: false,
  ReturnSettled: true,
  ReturnClosed: true,
  FeedbackGiven: false,
  NoteAdded: false,
};

/** The same, kept with a return and updated by each event of its order. */
export const evolveReturnMoney = (money: ReturnMoney, event: ReturnMoneyEvent): ReturnMoney =>
  match(event)
    .returnType<ReturnMoney>()
    .with({ type: 'ReturnSettled' }, ({ data: { items, amount, restocking_fee, pays } }) => ({
      ...money,
      settled_amount: amount,
      settled_items: items.map(settledItem),
      settled_fee: restocking_fee,
      pays,
    }))
    .with({ type: 'RefundAllocated' }, ({ data }) => ({ ...money, refunds: withAllocation(money.refunds, data) }))
    .with({ type: 'PaymentRefunded' }, ({ data }) => withStatus(money, data.refund_id, 'completed'))
    .with({ type: 'PaymentRefundFailed' }, ({ data }) => withStatus(money, data.refund_id, 'failed'))
    .with({ type: 'RefundResolved' }, ({ data: { refund_id, amount, method } }) => ({
      ...money,
      refunds: money.refunds.map((one) =>
        one.refund_id === refund_id ? { ...one, amount, method, status: 'resolved' } : one,
      ),
    }))
    .with({ type: 'RefundWithdrawn' }, ({ data }) => withStatus(money, data.refund_id, 'withdrawn'))
    .with({ type: 'ReturnClosed' }, () => ({ ...money, is_closed: true }))
    .exhaustive();

const withAllocation = (
  before: ReturnMoney['refunds'],
  { refunds, replaces, lowers = [], paid_out }: RefundAllocated['data'],
): ReturnMoney['refunds'] => [
  ...before.map((refund) =>
    replaces.includes(refund.refund_id)
      ? { ...refund, status: 'withdrawn' as const, is_replaced: true }
      : { ...refund, ...lowers.find(({ refund_id }) => refund_id === refund.refund_id) },
  ),
  ...refunds.map(({ refund_id, amount, method }) => {
    const status = paid_out && isPaidByPeople(method) ? ('completed' as const) : ('pending' as const);
    return { refund_id, amount, method, status, is_replaced: false };
  }),
];

const withStatus = (money: ReturnMoney, refund_id: string, status: OrderRefund['status']): ReturnMoney => ({
  ...money,
  refunds: money.refunds.map((one) => (one.refund_id === refund_id ? { ...one, status } : one)),
});

/** The method of its refunds; null if there is none, or more than one. */
export const wayOfReturn = ({ refunds }: ReturnMoney): RefundMethod | null => {
  const going = refunds.filter(({ status }) => status !== 'withdrawn');
  const [first = null, ...others] = new Set(going.map(({ method }) => method));
  return others.length === 0 ? first : null;
};

/** The amount actually refunded. */
export const refundedOfReturn = ({ refunds }: ReturnMoney): Minor => refundedIn(refunds);

/** The progress of the refund; `null` before the settlement, and if the return ended without one. */
export const refundStatusOf = (money: ReturnMoney): RefundStatus | null => {
  if (money.settled_amount === null) return null;
  if (money.is_closed) return 'completed';
  if (money.refunds.some(({ status }) => status === 'failed')) return 'failed';
  return refundedOfReturn(money) > 0 ? 'partial' : 'pending';
};

/** Whether an admin may request the refund of a processed return now: none is in progress. */
export const mayRefundReturn = ({ is_closed, refunds }: ReturnMoney): boolean =>
  !is_closed && sum(refunds.filter(({ status }) => status === 'pending').map(({ amount }) => amount)) === 0;

/** The same, read from the order. */
export const refundStatus = (order: Order, return_id: string): RefundStatus | null =>
  refundStatusOf(returnMoney(order, return_id));

/** The status of a return as far as its order knows it: the steps between are the return's own. */
export const ORDER_RETURN_STATUSES = ['open', 'processed', ...RETURN_OUTCOMES] as const;

export const returnStatusKnownToOrder = ({ status, outcome }: OrderReturn): (typeof ORDER_RETURN_STATUSES)[number] =>
  match(status)
    .returnType<(typeof ORDER_RETURN_STATUSES)[number]>()
    .with('open', () => 'open')
    .with('settled', () => 'processed')
    .with('closed', () => outcome ?? 'refunded')
    .exhaustive();

/** The amount actually refunded for a return. */
export const refundedAmount = (order: Order, return_id: string): Minor =>
  refundedOfReturn(returnMoney(order, return_id));

/**
 * What an order needs from staff. `resolution`: a refund failed, or a parcel did not arrive. `payout`: people must pay out a
 * refund.
 */
export const ORDER_NEEDS = ['resolution', 'payout'] as const;
export type OrderNeed = (typeof ORDER_NEEDS)[number];

export const needsOf = ({ refunds, shipments }: Pick<Order, 'refunds' | 'shipments'>): readonly OrderNeed[] => {
  const isUnresolved = refunds.some(({ status }) => status === 'failed') || shipments.some(needsResolution);
  const hasPayout = refunds.some(({ status, method }) => status === 'pending' && isPaidByPeople(method));
  return [...(isUnresolved ? (['resolution'] as const) : []), ...(hasPayout ? (['payout'] as const) : [])];
};
