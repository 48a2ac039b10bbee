import { orderFold, type Order } from '../../domain/order/index.ts';
import { isErased } from '../../domain/shared/decider.ts';
import type { Caller } from '../server/caller.ts';
import { historyBody } from '../server/history-body.ts';
import type { FoundOrder } from './find-order.ts';

/** Names are known of customers alone; everybody else is an id. */
export const customerNamed =
  ({ customer_id, personal }: Order) =>
  (id: string): string | null =>
    id === customer_id && !isErased(personal) ? personal.customer_name : null;

export const orderHistoryBody = ({ events, order }: FoundOrder, { role }: Caller): readonly object[] =>
  historyBody(events, orderFold, { role, nameOf: customerNamed(order) });
