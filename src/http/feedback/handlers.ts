import { wasRejected } from '../../commands/index.ts';
import { isPlaced, type OrderState } from '../../domain/order/index.ts';
import { orderStream, streamId } from '../../event-store/stream-names.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { loadOrder, orderTarget, readOrder } from '../orders/find-order.ts';
import { notFound } from '../server/problem.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import { bind, type Bound, type Replay } from '../server/route.ts';
import { feedbackSpecs } from './routes.ts';

const feedbackOf = (id: string, state: OrderState): object => {
  if (!isPlaced(state) || state.feedback === null) throw new Error(`order ${id} has no feedback after it was given`);
  const { rating, comment, at } = state.feedback;
  return { order_id: id, rating, comment: typeof comment === 'string' ? comment : null, created_at: at };
};

const replayFeedback =
  (deps: OrderDeps): Replay =>
  async (_request, place, status) => {
    if (place === undefined) throw new Error('feedback always has a place');
    const id = streamId(place.stream);
    const found = await readOrder(deps.readStream, id, { revision: place.revision });
    if (found === undefined) throw notFound('order');
    return { status, body: feedbackOf(id, found.order) };
  };

export const bindFeedback = (deps: OrderDeps): Bound<typeof feedbackSpecs> =>
  bind(feedbackSpecs, {
    giveFeedback: {
      load: loadOrder(deps),
      handle: async (input) => {
        const { rating, comment } = input.body;
        const outcome = await deps.commands.giveFeedback(orderTarget(input), { rating, comment: comment ?? undefined });
        if (wasRejected(outcome)) throw new CommandRejected(outcome.rejection);
        const { id, state, revision, position, repeated: isRepeated } = outcome;
        const at = { stream: orderStream(id), revision };
        return { status: 201, body: feedbackOf(id, state), at, position, isRepeated };
      },
      replay: replayFeedback(deps),
    },
  });
