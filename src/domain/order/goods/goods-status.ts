import { deliveredQuantity, haveAllEnded, isAnythingLeft } from './shipments.ts';
import { returnedQuantity } from './returned-units.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import type { Order } from '../vocabulary/state.ts';
import type { OrderStatus } from '../vocabulary/transitions.ts';

/** What the status of an order follows from, once something has left. */
export type Goods = Pick<Order, 'status' | 'shipments' | 'cancelled' | 'returns'> & {
  readonly lines: readonly Pick<OrderLine, 'id' | 'quantity'>[];
};

/**
 * The status that follows from the goods: from the shipments until all of them have ended, and from the returns after
 * that. An order of which nothing has left keeps its status.
 */
export const statusOfGoods = (order: Goods): OrderStatus => {
  const { shipments } = order;
  if (shipments.length === 0) return order.status;
  if (isAnythingLeft(order)) return 'partially_shipped';
  const isSome = (status: Order['shipments'][number]['status']) => shipments.some((one) => one.status === status);
  if (haveAllEnded(order)) return isSome('delivered') ? statusOfReturns(order) : 'undelivered';
  if (isSome('delivered')) return 'partially_delivered';
  return isSome('out_for_delivery') ? 'out_for_delivery' : 'shipped';
};

/** Everything that is to arrive has arrived: how much of it has come back. */
const statusOfReturns = (order: Goods): OrderStatus => {
  if (order.returns.some(({ status }) => status !== 'closed')) return 'return_requested';
  const units = order.lines.map(({ id }) => ({
    arrived: deliveredQuantity(order, id),
    back: returnedQuantity(order, id),
  }));
  if (units.every(({ arrived, back }) => back === arrived)) return 'returned';
  return units.some(({ back }) => back > 0) ? 'partially_returned' : 'delivered';
};

/** The change of an order to a status. */
export const movedTo = (order: Order, status: OrderStatus): Partial<Order> =>
  status === order.status ? {} : { status, previous_status: order.status };
