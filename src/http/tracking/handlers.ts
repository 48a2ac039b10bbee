import { isDeliveryOver } from '../../domain/order/index.ts';
import { goOn } from './catch-up.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { loadOrder, type FoundOrder } from '../orders/find-order.ts';
import { bind, type Bound } from '../server/route.ts';
import { readCursor, type Cursor } from './cursor.ts';
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

/** Then nothing will come: the client is told to stay away (204), or it would come back for ever. */
const hasHeardAll = async (
  { order, revision, events }: FoundOrder,
  cursor: Cursor | undefined,
  speedKmh: number,
): Promise<boolean> =>
  cursor !== undefined &&
  isDeliveryOver(order.status) &&
  cursor.revision <= revision &&
  goOn({ events: await events(), speedKmh }, cursor, []).messages.length === 0;

export const bindTracking = ({ orders, tracker: { follow } }: TrackingDeps): Bound<typeof trackingSpecs> =>
  bind(trackingSpecs, {
    trackOrder: {
      load: loadOrder(orders),
      handle: async ({ subject: found, caller, lastEventId }) =>
        (await hasHeardAll(found, readCursor(lastEventId), orders.settings.courierSpeedKmh))
          ? { status: 204 }
          : { status: 200, headers: HEADERS, content: follow({ found, caller, lastEventId }) },
    },
  });
