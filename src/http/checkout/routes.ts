import type { OrderDeps } from '../orders/order-deps.ts';
import { placedReply, replayOrder } from '../orders/order-replies.ts';
import { sellInput } from './sell-input.ts';
import type { ShopDeps } from './deps.ts';
import { route, type Route } from '../server/route.ts';
import { orderResponse } from '../orders/response-schema.ts';
import { sellBody } from './schemas.ts';
import { orderExample, placeOrderExample } from '../orders/examples.ts';
import { TAG } from '../orders/order-shared.ts';

export const deliveryExample = { shipping_address: placeOrderExample.shipping_address, notes: 'Ring twice' };

export const checkoutRoutes = ({ checkout }: ShopDeps, orders: OrderDeps): readonly Route[] => [
  route(
    {
      methods: ['POST'],
      path: '/orders/checkout',
      operationId: 'checkout',
      tag: TAG,
      summary: 'Place an order from your cart',
      description:
        'Prices and stock are the catalogue’s; the cart is emptied afterwards. Asked again before it is empty, it answers the same order.',
      permission: { customer: 'own' },
      body: sellBody,
      bodyOptional: true,
      example: deliveryExample,
      refuses: [502],
      answers: { 201: { description: 'The order.', body: orderResponse, example: orderExample } },
    },
    async (asked) => {
      const { caller, context, repeatable, trace } = asked;
      return placedReply(orders, await checkout(sellInput(asked, orders), { context, repeatable, trace }), caller);
    },
    replayOrder(orders),
  ),
];
