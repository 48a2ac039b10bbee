import { worthOf, type Order, type ReturnOpened } from '../order/index.ts';
import type { ReturnInitiated } from './events.ts';

/** The beginning of a return: everything that the order put into it. */
export const initiationOf = (opened: ReturnOpened['data'], order: Order, order_id: string): ReturnInitiated['data'] => {
  const { return_number, reason, forced, estimate, personal } = opened;
  const { order_number, customer_id, currency } = order;
  const items = opened.items.map(({ id, order_item_id, quantity, reason, units }) => {
    const line = order.lines.find((candidate) => candidate.id === order_item_id);
    return {
      id,
      order_item_id,
      product_id: line?.product_id ?? '',
      product_name: line?.product_name ?? null,
      product_sku: line?.product_sku ?? null,
      quantity,
      refund_amount: worthOf(units),
      reason,
    };
  });
  return {
    return_number,
    order_id,
    order_number,
    customer_id,
    currency,
    reason,
    forced,
    estimate,
    items,
    personal,
  };
};
