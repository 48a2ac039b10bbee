import { requireNamedOrder } from '../orders/named-order.ts';
import type { OrderDeps } from '../orders/order-deps.ts';
import { openReturnInput } from './open-return-input.ts';
import type { ReturnDeps } from './return-deps.ts';
import { replayReturn, returnOutcomeReply } from './return-replies.ts';
import { route, type Route } from '../server/route.ts';
import { openReturnBody, returnOrderBody } from './request-schema.ts';
import { returnResponse } from './response-schema.ts';
import { loadOrder, orderParams } from '../orders/order-shared.ts';
import { openReturnExample, returnExample, returnOrderExample } from './examples.ts';
import { TAG } from './return-shared.ts';

const answers = { 201: { description: 'The return.', body: returnResponse, example: returnExample } };
const OPENERS = { customer: 'own', admin: 'any' } as const;

/** The two addresses below an order mean the same. */
const ofOrder = (deps: ReturnDeps, orders: OrderDeps, path: string, operationId: string): Route =>
  route(
    {
      methods: ['POST'],
      path,
      operationId,
      tag: TAG,
      summary: 'Return an order, or some of it',
      description: 'Without items: everything that is left.',
      permission: OPENERS,
      params: orderParams,
      load: loadOrder(orders),
      body: returnOrderBody,
      bodyOptional: true,
      example: returnOrderExample,
      answers,
    },
    async ({ subject, body, caller, context, repeatable }) => {
      const outcome = await deps.commands.open(openReturnInput(subject.id, body, caller), { context, repeatable });
      return returnOutcomeReply(deps, outcome, { caller, status: 201 });
    },
    replayReturn(deps),
  );

/** Ways to begin a return. */
export const openReturnRoutes = (deps: ReturnDeps, orders: OrderDeps): readonly Route[] => [
  route(
    {
      methods: ['POST'],
      path: '/returns',
      operationId: 'openReturn',
      tag: TAG,
      summary: 'Open a return',
      description:
        'Only units that were bought and are under no other return: their sum can never exceed what was bought.',
      permission: OPENERS,
      refuses: [404],
      body: openReturnBody,
      example: openReturnExample,
      answers,
    },
    async ({ body: { order_id, ...wanted }, caller, context, repeatable }) => {
      const { id } = await requireNamedOrder(deps, caller, order_id);
      const outcome = await deps.commands.open(openReturnInput(id, wanted, caller), { context, repeatable });
      return returnOutcomeReply(deps, outcome, { caller, status: 201 });
    },
    replayReturn(deps),
  ),
  ofOrder(deps, orders, '/orders/:id/return', 'returnOrder'),
  ofOrder(deps, orders, '/orders/:id/request-return', 'requestReturn'),
];
