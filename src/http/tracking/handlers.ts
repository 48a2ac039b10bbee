import type { OrderDeps } from '../orders/deps.ts';
import { loadOrder } from '../orders/find-order.ts';
import { bind, type Bound } from '../server/route.ts';
import { trackingSpecs } from './routes.ts';
import type { Tracker } from './tracker.ts';

export type TrackingDeps = { readonly orders: OrderDeps; readonly tracker: Tracker };

/** Proxies must not buffer events, and an ended connection is not reused. */
const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

export const bindTracking = ({ orders, tracker: { follow } }: TrackingDeps): Bound<typeof trackingSpecs> =>
  bind(trackingSpecs, {
    trackOrder: {
      load: loadOrder(orders),
      handle: ({ subject: found, caller, lastEventId }) =>
        Promise.resolve({ status: 200, headers: HEADERS, content: follow({ found, caller, lastEventId }) }),
    },
  });
