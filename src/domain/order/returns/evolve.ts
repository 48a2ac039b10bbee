import { match } from 'ts-pattern';
import type { Fact } from '../../shared/decider.ts';
import type { Changes } from '../../shared/fold.ts';
import { worthOf } from '../pricing/unit-values.ts';
import type { OrderLine, OrderReturnEvent, ReturnClosed, ReturnOpened, ReturnSettled } from '../events.ts';
import type { Credit, Order, OrderReturn } from '../state.ts';
import { returnedQuantity } from './returnable.ts';
import type { OrderStatus } from '../lifecycle/transitions.ts';

/** What the status of an order follows from, once it was delivered. */
export type OrderedAndReturned = {
  readonly lines: readonly Pick<OrderLine, 'id' | 'quantity'>[];
  readonly returns: readonly OrderReturn[];
};

export const RETURN_CHANGES: Changes<Fact<OrderReturnEvent>, Order> = {
  ReturnOpened: (order, fact) => ({
    returns: returnsAfter(order.returns, fact),
    ...movedTo(order, 'return_requested'),
  }),
  ReturnSettled: (order, fact) => ({
    returns: returnsAfter(order.returns, fact),
    credits: [...order.credits, creditOf(fact)],
  }),
  ReturnClosed: (order, fact) => {
    const returns = returnsAfter(order.returns, fact);
    return { returns, ...movedTo(order, statusAfterReturn({ lines: order.lines, returns })) };
  },
};

/** The returns of an order after a fact about one of them. */
export const returnsAfter = (returns: readonly OrderReturn[], fact: Fact<OrderReturnEvent>): readonly OrderReturn[] =>
  match(fact)
    .with({ type: 'ReturnOpened' }, ({ data }) => [...returns, opened(data)])
    .with({ type: 'ReturnSettled' }, ({ data }) => changed(returns, data.return_id, (one) => settled(one, data)))
    .with({ type: 'ReturnClosed' }, ({ data }) => changed(returns, data.return_id, (one) => closed(one, data)))
    .exhaustive();

const movedTo = (order: Order, status: Order['status']): Partial<Order> =>
  status === order.status ? {} : { status, previous_status: order.status };

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
  return_id: data.return_id,
  reason_category: null,
  at,
});

const closed = (one: OrderReturn, { outcome }: ReturnClosed['data']): OrderReturn => ({
  ...one,
  status: 'closed',
  outcome,
  items: outcome === 'refunded' ? one.items : one.items.map((item) => ({ ...item, units: [] })),
});

/** The status of an order after a return has ended. */
export const statusAfterReturn = ({ lines, returns }: OrderedAndReturned): OrderStatus => {
  if (returns.some(({ status }) => status !== 'closed')) return 'return_requested';
  const returned = lines.map(({ id, quantity }) => ({ quantity, back: returnedQuantity({ returns }, id) }));
  if (returned.every(({ quantity, back }) => back === quantity)) return 'returned';
  return returned.some(({ back }) => back > 0) ? 'partially_returned' : 'delivered';
};
