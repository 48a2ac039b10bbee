import { wasRejected } from '../../commands/handle.ts';
import { isPlaced, type OrderState } from '../../domain/order/index.ts';
import { orderStream, streamId } from '../../event-store/stream-names.ts';
import { readOrder } from '../orders/find-order.ts';
import type { OrderDeps } from '../orders/order-deps.ts';
import { notFound } from '../server/problem.ts';
import { rejectionProblem } from '../server/rejections/refusal.ts';
import { route, type Replay, type Route } from '../server/route.ts';
import { feedbackBody, feedbackResponse } from './schemas.ts';
import { orderExample } from '../orders/examples.ts';
import { loadOrder, orderParams, TAG, target } from '../orders/order-shared.ts';

const example = { rating: 5, comment: 'Still warm!' };

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

export const feedbackRoutes = (deps: OrderDeps): readonly Route[] => [
  route(
    {
      methods: ['POST'],
      path: '/orders/:id/feedback',
      operationId: 'giveFeedback',
      tag: TAG,
      summary: 'Give feedback on a delivery',
      description: 'Once, after it was delivered.',
      permission: { customer: 'own' },
      params: orderParams,
      load: loadOrder(deps),
      body: feedbackBody,
      example,
      answers: {
        201: {
          description: 'The feedback.',
          body: feedbackResponse,
          example: { order_id: orderExample.id, ...example, created_at: '2026-03-01T13:00:00.000Z' },
        },
      },
    },
    async (input) => {
      const { rating, comment } = input.body;
      const outcome = await deps.commands.giveFeedback(target(input), { rating, comment: comment ?? undefined });
      if (wasRejected(outcome)) throw rejectionProblem(outcome.rejection);
      const { id, state, revision, position } = outcome;
      return { status: 201, body: feedbackOf(id, state), at: { stream: orderStream(id), revision }, position };
    },
    replayFeedback(deps),
  ),
];
