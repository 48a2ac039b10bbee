import type { OrderDeps } from '../orders/order-deps.ts';
import { replayOrder } from '../orders/order-replies.ts';
import { sellInput, sellReply } from '../orders/sell-reply.ts';
import type { ShopDeps } from '../orders/shop-deps.ts';
import { route, type Route } from '../route.ts';
import { orderResponse } from '../schemas/order-response.ts';
import { sellBody } from '../schemas/sell-request.ts';
import { orderExample, placeOrderExample } from './examples.ts';
import { TAG } from './order-shared.ts';

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
      return sellReply(orders, await checkout(sellInput(asked, orders), { context, repeatable, trace }), caller);
    },
    replayOrder(orders),
  ),
];
