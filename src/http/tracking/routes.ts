import type { OrderDeps } from '../orders/order-deps.ts';
import { route, type Route } from '../server/route.ts';
import type { Tracker } from './tracker.ts';
import { loadOrder, orderParams, TAG } from '../orders/order-shared.ts';

/** Nothing on the way may hold events back, and a connection that has ended is of no further use. */
const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

export const trackingRoutes = (orders: OrderDeps, { follow }: Tracker): readonly Route[] => [
  route(
    {
      methods: ['GET'],
      path: '/orders/:id/tracking-stream',
      operationId: 'trackOrder',
      tag: TAG,
      summary: 'Follow an order live',
      description:
        'Server-Sent Events: `status` {status, at}, `position` {latitude, longitude, last_updated}, `eta` {estimated_delivery_at}. First the present status, then every later event; a comment each 15 s shows that the stream lives. It ends once the order is delivered, returned or cancelled, and when the token expires; Last-Event-ID goes on.',
      permission: { customer: 'own', delivery_partner: 'assigned', admin: 'any' },
      params: orderParams,
      load: loadOrder(orders),
      live: true,
      answers: { 200: { description: 'Events, as they happen.', contentType: 'text/event-stream' } },
    },
    ({ subject: found, caller, lastEventId }) =>
      Promise.resolve({ status: 200, headers: HEADERS, content: follow({ found, caller, lastEventId }) }),
  ),
];
