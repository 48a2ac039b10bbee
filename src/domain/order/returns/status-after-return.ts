import { returnedQuantity } from './returnable.ts';
import type { Order } from '../state.ts';
import type { OrderStatus } from '../lifecycle/transitions.ts';

/** Where an order stands once a return has ended. */
export const statusAfterReturn = (order: Order): OrderStatus => {
  if (order.returns.some(({ status }) => status !== 'closed')) return 'return_requested';
  const returned = order.lines.map(({ id, quantity }) => ({ quantity, back: returnedQuantity(order, id) }));
  if (returned.every(({ quantity, back }) => back === quantity)) return 'returned';
  return returned.some(({ back }) => back > 0) ? 'partially_returned' : 'delivered';
};
