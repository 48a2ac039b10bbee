import { isPlaced, orderFold, type Order } from '../../domain/order/index.ts';
import { canAccess } from '../../domain/shared/access.ts';
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

/** Folds an order's stream, as it is or as it was. */
export const readOrder = async (readStream: ReadStream, id: string, asOf?: AsOf): Promise<FoundOrder | undefined> => {
  const stream = orderStream(id);
  const found = await readStream(orderFold, stream, asOf);
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
  return found !== undefined && canAccess(caller, found.order) ? found : undefined;
};
