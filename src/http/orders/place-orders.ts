import type { OrderDeps } from './order-deps.ts';
import { demandFullAddresses } from './full-address.ts';
import { placedReply, replayOrder } from './order-replies.ts';
import { placeOrderInput } from './place-order-input.ts';
import { route, type InputOf, type Reply, type Route, type RouteSpec } from '../server/route.ts';
import { placeOrderBody, scheduleOrderBody, type PlaceOrderBody } from './request-schema.ts';
import { orderResponse } from './response-schema.ts';
import { orderExample, placeOrderExample, scheduledOrderExample, scheduleOrderExample } from './examples.ts';
import { TAG } from './order-shared.ts';

type Placing = Pick<InputOf<RouteSpec>, 'caller' | 'context' | 'repeatable' | 'trace' | 'acceptLanguage'> & {
  readonly body: PlaceOrderBody;
};

const placing = {
  methods: ['POST'],
  tag: TAG,
  permission: { customer: 'own', admin: 'any' },
} as const;

export const placeOrderRoutes = (deps: OrderDeps, defaultCurrency: string): readonly Route[] => {
  const place = async ({ body, caller, context, repeatable, trace, acceptLanguage }: Placing): Promise<Reply> => {
    if (deps.requireFullAddress) demandFullAddresses(body);
    const input = placeOrderInput(body, caller, { defaultCurrency, acceptLanguage });
    return placedReply(deps, await deps.placeOrder(input, { context, repeatable, trace }), caller);
  };
  return [
    route(
      {
        ...placing,
        path: '/orders',
        operationId: 'placeOrder',
        summary: 'Place an order',
        description: 'A customer orders for themselves, an admin for anyone.',
        body: placeOrderBody,
        example: placeOrderExample,
        answers: { 201: { description: 'The order.', body: orderResponse, example: orderExample } },
      },
      place,
      replayOrder(deps),
    ),
    route(
      {
        ...placing,
        path: '/orders/scheduled',
        operationId: 'scheduleOrder',
        summary: 'Place an order for later',
        description: 'It waits as `scheduled` until shortly before its time.',
        body: scheduleOrderBody,
        example: scheduleOrderExample,
        answers: { 201: { description: 'The order.', body: orderResponse, example: scheduledOrderExample } },
      },
      place,
      replayOrder(deps),
    ),
  ];
};
