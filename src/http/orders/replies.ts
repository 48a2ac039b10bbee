import type { PlaceOrderOutcome } from '../../checkout/index.ts';
import { wasRejected, type OrderOutcome } from '../../commands/index.ts';
import { isPlaced, type Order } from '../../domain/order/index.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { orderStream, streamId } from '../../event-store/stream-names.ts';
import type { Caller } from '../server/caller.ts';
import { notFound } from '../server/problem.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import type { Replay, Reply } from '../server/route.ts';
import { type FoundOrder, readOrder } from './find-order.ts';
import { orderBody, type OrderBody } from './body.ts';
import type { NamedOrder, OrderDeps } from './deps.ts';

/** Documents are looked for only where there can be one: nothing is printed before shipping. */
const documentsOf = async ({ findDocuments }: OrderDeps, named: NamedOrder) =>
  named.order.shipped_at === null ? [] : ((await findDocuments([named], named.documentsAt)).get(named.id) ?? []);

/** What an answer says of an order besides the order itself. `last`: the newest event that it shows. */
export type More = (order: Order, last: Recorded | undefined) => object;
const nothingMore: More = () => ({});

export const bodyOf = async (deps: OrderDeps, named: NamedOrder, caller: Caller): Promise<OrderBody> =>
  orderBody({ ...named, documents: await documentsOf(deps, named) }, caller, deps.settings);

/** A read of one order. */
export const orderReply = async (
  deps: OrderDeps,
  found: FoundOrder & NamedOrder,
  caller: Caller,
  more: More = nothingMore,
): Promise<Reply> => ({
  status: 200,
  body: { ...(await bodyOf(deps, found, caller)), ...more(found.order, found.last) },
  at: { stream: found.stream, revision: found.revision },
});

/** The new state of the order a command changed, or the problem that says why not. */
export const outcomeReply = async (
  deps: OrderDeps,
  outcome: OrderOutcome,
  {
    caller,
    status = 200,
    more = nothingMore,
  }: { readonly caller: Caller; readonly status?: number; readonly more?: More },
): Promise<Reply> => {
  if (wasRejected(outcome)) throw new CommandRejected(outcome.rejection);
  const { id, state, revision, position, events, repeated: isRepeated } = outcome;
  if (!isPlaced(state)) throw new Error(`order ${id} accepted a command before it was placed`);
  return {
    status,
    body: { ...(await bodyOf(deps, { id, order: state }, caller)), ...more(state, events.at(-1)) },
    at: { stream: orderStream(id), revision },
    position,
    isRepeated,
  };
};

/** The order that was placed and where it is, or the problem that says why not. */
export const placedReply = async (deps: OrderDeps, outcome: PlaceOrderOutcome, caller: Caller): Promise<Reply> => {
  if (!('id' in outcome)) throw new CommandRejected(outcome.rejection);
  const reply = await outcomeReply(deps, outcome, { caller, status: 201 });
  return { ...reply, headers: { Location: `/api/v1/orders/${outcome.id}` } };
};

/** Answers a repeated write again: the order as of the revision that the first answer showed. */
export const replayOrder =
  (deps: OrderDeps, more?: More): Replay =>
  async ({ caller }, place, status) => {
    if (place === undefined) throw new Error('a write on an order always has a place');
    const found = await readOrder(deps.readStream, streamId(place.stream), { revision: place.revision });
    if (found === undefined) throw notFound('order');
    return { ...(await orderReply(deps, found, caller, more)), status };
  };
