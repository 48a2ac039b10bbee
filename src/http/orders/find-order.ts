import { evolveOrder, isPlaced, NO_ORDER, type Order } from '../../domain/order/index.ts';
import type { AsOf, ReadStream } from '../../commands/read.ts';
import type { Position, Revision } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { orderStream } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { resolveId } from '../server/resolve-id.ts';
import type { OrderDeps } from './order-deps.ts';

export type FoundOrder = {
  readonly id: string;
  readonly order: Order;
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  readonly events: readonly Recorded[];
};

const evolving = { initialState: NO_ORDER, evolve: evolveOrder };

/** Customers reach their own orders, delivery partners those assigned to them. */
const isReachable = (order: Order, { id, role }: Caller): boolean => {
  if (role === 'customer') return order.customer_id === id;
  return role !== 'delivery_partner' || order.delivery.partner_id === id;
};

/** Folds an order's stream, as it is or as it was. */
export const readOrder = async (readStream: ReadStream, id: string, asOf?: AsOf): Promise<FoundOrder | undefined> => {
  const stream = orderStream(id);
  const found = await readStream(evolving, stream, asOf);
  return found !== undefined && isPlaced(found.state) ? { ...found, id, stream, order: found.state } : undefined;
};

/** The order behind a UUID or a number, if this caller may see it. */
export const findOrder = async (
  { readStream, findIdByNumber }: Pick<OrderDeps, 'readStream' | 'findIdByNumber'>,
  caller: Caller,
  idOrNumber: string,
): Promise<FoundOrder | undefined> => {
  const id = await resolveId(idOrNumber, findIdByNumber);
  const found = id === undefined ? undefined : await readOrder(readStream, id);
  return found !== undefined && isReachable(found.order, caller) ? found : undefined;
};
