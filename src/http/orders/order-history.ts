import {
  evolveOrder,
  historyRow,
  NO_ORDER,
  type Order,
  type OrderEvent,
  type OrderState,
} from '../../domain/order/index.ts';
import { isErased, type Fact } from '../../domain/shared/decider.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { Caller } from '../caller.ts';
import type { FoundOrder } from './find-order.ts';

/** Order streams hold nothing else. */
const factOf = ({ fact }: Recorded) => fact as Fact<OrderEvent>;

const originOf = ({ metadata: { personal } }: Recorded) =>
  personal === undefined || isErased(personal)
    ? { ip: null, user_agent: null }
    : { ip: personal.ip ?? null, user_agent: personal.user_agent ?? null };

/** Names are known of customers alone; everybody else is an id. */
const nameOf = (id: string, { customer_id, personal }: Order): string | null =>
  id === customer_id && !isErased(personal) ? personal.customer_name : null;

/** Every change of status, oldest first. A customer sees neither who made it nor what was noted about it. */
export const historyBody = ({ events, order }: FoundOrder, { role }: Caller): readonly object[] => {
  let state: OrderState = NO_ORDER;
  return events.flatMap((recorded) => {
    const before = state;
    state = evolveOrder(before, factOf(recorded));
    const row = historyRow(before, state, factOf(recorded));
    if (row === undefined) return [];
    const { previous_status, new_status, changed_by, changed_by_role, notes, at } = row;
    const open = { previous_status, new_status, changed_by_role, at };
    if (role === 'customer') return [open];
    return [{ ...open, changed_by, changed_by_name: nameOf(changed_by, order), notes, ...originOf(recorded) }];
  });
};
