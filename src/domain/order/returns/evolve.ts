import { worthOf } from '../ledger/index.ts';
import { match } from 'ts-pattern';
import type { Fact } from '../../shared/decider.ts';
import type { Changes } from '../../shared/fold.ts';
import type { OrderReturnEvent, ReturnClosed, ReturnOpened, ReturnSettled } from '../vocabulary/events.ts';
import type { Credit, Order, OrderReturn } from '../vocabulary/state.ts';
import { movedTo, statusOfGoods } from '../goods/goods-status.ts';

export const RETURN_CHANGES: Changes<Fact<OrderReturnEvent>, Order> = {
  ReturnOpened: (order, fact) => withReturns(order, fact),
  ReturnSettled: (order, fact) => ({
    returns: returnsAfter(order.returns, fact),
    credits: [...order.credits, creditOf(fact)],
  }),
  ReturnClosed: (order, fact) => withReturns(order, fact),
};

const withReturns = (order: Order, fact: Fact<OrderReturnEvent>): Partial<Order> => {
  const returns = returnsAfter(order.returns, fact);
  return { returns, ...movedTo(order, statusOfGoods({ ...order, returns })) };
};

/** The returns of an order after a fact about one of them. */
export const returnsAfter = (returns: readonly OrderReturn[], fact: Fact<OrderReturnEvent>): readonly OrderReturn[] =>
  match(fact)
    .with({ type: 'ReturnOpened' }, ({ data }) => [...returns, opened(data)])
    .with({ type: 'ReturnSettled' }, ({ data }) => changed(returns, data.return_id, (one) => settled(one, data)))
    .with({ type: 'ReturnClosed' }, ({ data }) => changed(returns, data.return_id, (one) => closed(one, data)))
    .exhaustive();

const changed = (returns: readonly OrderReturn[], return_id: string, change: (one: OrderReturn) => OrderReturn) =>
  returns.map((one) => (one.return_id === return_id ? change(one) : one));

const opened = ({
  return_id,
  return_number,
  reason,
  items,
  shipping_on_withdrawal,
}: ReturnOpened['data']): OrderReturn => ({
  return_id,
  return_number,
  status: 'open',
  outcome: null,
  items: items.map((item) => ({
    order_item_id: item.order_item_id,
    reason: item.reason ?? reason,
    units: item.units,
  })),
  ...(shipping_on_withdrawal && { shipping_on_withdrawal }),
  settlement: null,
});

const settled = (one: OrderReturn, { return_id: _, ...settlement }: ReturnSettled['data']): OrderReturn => ({
  ...one,
  status: 'settled',
  settlement,
  items: one.items.map((item) => {
    const { units = [], reason = item.reason } =
      settlement.items.find(({ order_item_id }) => order_item_id === item.order_item_id) ?? {};
    return { ...item, units, reason };
  }),
});

/** Its parts are the values of units and shipping; a fee, a review or the amount still owed may lower the sum. */
const creditOf = ({ at, data }: Fact<ReturnSettled>): Credit => ({
  credit_id: data.return_id,
  kind: 'return',
  amount: data.amount,
  parts: {
    items: data.items.map(({ order_item_id, accepted_quantity, units }) => ({
      order_item_id,
      quantity: accepted_quantity,
      amount: worthOf(units),
    })),
    shipping: data.shipping,
    goodwill: 0,
  },
  pays: data.pays,
  invoiced: data.invoiced,
  to_deduct: data.to_deduct ?? null,
  return_id: data.return_id,
  reason_category: null,
  // The return itself says what becomes of its units.
  restock: false,
  at,
});

const closed = (one: OrderReturn, { outcome }: ReturnClosed['data']): OrderReturn => ({
  ...one,
  status: 'closed',
  outcome,
  items: outcome === 'refunded' ? one.items : one.items.map((item) => ({ ...item, units: [] })),
});
