import type { Caller } from '../server/caller.ts';
import { problem } from '../server/problem.ts';
import { findOrder, type FoundOrder } from './find-order.ts';
import type { OrderDeps } from './order-deps.ts';

export type NamingDeps = Pick<OrderDeps, 'readStream'> & {
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
};

/** The order that a body names, if this caller may see it. */
export const findNamedOrder = (
  { readStream, findOrderIdByNumber }: NamingDeps,
  caller: Caller,
  name: string,
): Promise<FoundOrder | undefined> => findOrder({ readStream, findIdByNumber: findOrderIdByNumber }, caller, name);

/** The same where nothing goes on without it: 404, saying which field names nothing. */
export const requireNamedOrder = async (deps: NamingDeps, caller: Caller, name: string): Promise<FoundOrder> => {
  const found = await findNamedOrder(deps, caller, name);
  if (found !== undefined) return found;
  throw problem('resource.not_found', 'There is no order here that you may see. Check the id or number.', {
    errors: [{ field: 'order_id', message: 'must be the id or number of an order that you may see', received: name }],
  });
};
