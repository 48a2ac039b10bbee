import { isPlaced, orderFold, type Order, type OrderState } from '../../domain/order/index.ts';
import { canAccess } from '../../domain/shared/access.ts';
import type { AsOf, Past, ReadStream } from '../../commands/index.ts';
import type { Position, Revision } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { orderStream } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { resolveId } from '../server/resolve-id.ts';
import type { OrderDeps } from './deps.ts';
import { problem } from '../server/problem.ts';
import type { Loading, RequestFacts } from '../server/route.ts';

export type FoundOrder = {
  readonly id: string;
  readonly order: Order;
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  /** The newest event that it shows. */
  readonly last: Recorded;
  readonly past: Past<OrderState>;
  /** From the first one. */
  readonly events: () => Promise<readonly Recorded[]>;
};

/** Folds an order's stream, as it is or as it was. */
export const readOrder = async (readStream: ReadStream, id: string, asOf?: AsOf): Promise<FoundOrder | undefined> => {
  const stream = orderStream(id);
  const found = await readStream(orderFold, stream, asOf);
  return found !== undefined && isPlaced(found.state) ? { ...found, id, stream, order: found.state } : undefined;
};

/** What it takes to find an order by its name. */
export type FindOrderDeps = Pick<OrderDeps, 'readStream' | 'findOrderIdByNumber'>;

/** The order behind a UUID or a number, if this caller may see it. */
export const findOrder = async (
  { readStream, findOrderIdByNumber }: FindOrderDeps,
  caller: Caller,
  idOrNumber: string,
): Promise<FoundOrder | undefined> => {
  const id = await resolveId(idOrNumber, findOrderIdByNumber);
  const found = id === undefined ? undefined : await readOrder(readStream, id);
  return found !== undefined && canAccess(caller, found.order) ? found : undefined;
};

/** Finds the order that a path parameter names. */
export const loadOrder =
  (deps: FindOrderDeps, parameter = 'id') =>
  ({ caller, params }: Loading): Promise<FoundOrder | undefined> =>
    findOrder(deps, caller, params[parameter] ?? '');

/** The order that a body names; 404 with the field where there is none that the caller may see. */
export const requireNamedOrder = async (deps: FindOrderDeps, caller: Caller, name: string): Promise<FoundOrder> => {
  const found = await findOrder(deps, caller, name);
  if (found !== undefined) return found;
  throw problem('resource.not_found', 'No such order exists, or you may not see it. Check the id or number.', {
    errors: [{ field: 'order_id', message: 'must be the id or number of an order that you may see', received: name }],
  });
};

export const currencyOfOrder = ({ order }: FoundOrder): string => order.currency;

type OnOrder = Pick<RequestFacts, 'context' | 'repeatable' | 'expected'> & { readonly subject: FoundOrder };

/** The order that a command changes, as it was found, and the revision that the client expects. */
export const orderTarget = ({ context, repeatable, expected, subject }: OnOrder) => ({
  context,
  repeatable,
  expected,
  id: subject.id,
  known: subject.past,
});
