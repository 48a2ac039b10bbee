import type { Changes } from '../../shared/fold.ts';
import type { OrderReturnEvent, ReturnClosed, ReturnOpened, ReturnSettled } from '../events.ts';
import type { Order, OrderReturn } from '../state.ts';
import { statusAfterReturn } from './status-after-return.ts';

export const RETURN_CHANGES: Changes<OrderReturnEvent, Order> = {
  ReturnOpened: (order, { data }) => ({
    returns: [...order.returns, opened(data)],
    ...movedTo(order, 'return_requested'),
  }),
  ReturnSettled: (order, { data }) => ({
    returns: changed(order, data.return_id, (one) => settled(one, data)),
  }),
  ReturnClosed: (order, { data }) => {
    const returns = changed(order, data.return_id, (one) => closed(one, data));
    return { returns, ...movedTo(order, statusAfterReturn({ ...order, returns })) };
  },
};

const movedTo = (order: Order, status: Order['status']): Partial<Order> =>
  status === order.status ? {} : { status, previous_status: order.status };

const changed = (order: Order, return_id: string, change: (one: OrderReturn) => OrderReturn) =>
  order.returns.map((one) => (one.return_id === return_id ? change(one) : one));

const opened = ({ return_id, return_number, reason, items }: ReturnOpened['data']): OrderReturn => ({
  return_id,
  return_number,
  status: 'open',
  outcome: null,
  items: items.map((item) => ({
    order_item_id: item.order_item_id,
    reason: item.reason ?? reason,
    units: item.units,
  })),
  settlement: null,
  money_back: 0,
});

const settled = (one: OrderReturn, { items, amount, refund_method }: ReturnSettled['data']): OrderReturn => ({
  ...one,
  status: 'settled',
  settlement: { amount, refund_method },
  items: one.items.map((item) => ({
    ...item,
    units: items.find(({ order_item_id }) => order_item_id === item.order_item_id)?.units ?? [],
  })),
});

const closed = (one: OrderReturn, { outcome }: ReturnClosed['data']): OrderReturn => ({
  ...one,
  status: 'closed',
  outcome,
  items: outcome === 'refunded' ? one.items : one.items.map((item) => ({ ...item, units: [] })),
});
