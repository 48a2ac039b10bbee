import type { DeliveryPositions, Position } from '../../delivery/index.ts';
import { whyNoPosition } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { OrderDeps } from '../orders/deps.ts';
import { loadOrder } from '../orders/find-order.ts';
import type { SpendPosition } from '../server/limits/position-rate.ts';
import { invalid, notFound, problem } from '../server/problem.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import { bind, type Bound } from '../server/route.ts';
import { deliverySpecs } from './routes.ts';

export type DeliveryDeps = {
  readonly orders: OrderDeps;
  readonly positions: DeliveryPositions;
  readonly spendPosition: SpendPosition;
};

/** How far a courier's clock may be ahead of ours. A position further ahead would hide every true one after it. */
const SKEW_MS = 60_000;

const positionBody = ({ latitude, longitude, at }: Position) => ({ latitude, longitude, last_updated: at });

const whenThere = (reported: Instant | undefined, now: Instant): Instant => {
  if (reported === undefined || Date.parse(reported) <= Date.parse(now) + SKEW_MS) return reported ?? now;
  throw invalid([{ field: 'reported_at', message: 'must not be in the future', received: reported }]);
};

export const bindDelivery = ({ orders, positions, spendPosition }: DeliveryDeps): Bound<typeof deliverySpecs> => {
  const load = loadOrder(orders);

  const newest = async (id: string): Promise<Position> => {
    const position = await positions.newest(id);
    if (position !== undefined) return position;
    throw problem(
      'resource.not_found',
      'No position of this delivery is known. Try again after the courier has the order.',
    );
  };

  return bind(deliverySpecs, {
    reportPosition: {
      load,
      handle: async ({ subject: { id, order }, caller, body, at: now }) => {
        const rejection = whyNoPosition(order, caller.role, orders.settings);
        if (rejection !== undefined) throw new CommandRejected(rejection);
        const { latitude, longitude, reported_at } = body;
        const report = { order_id: id, courier_id: caller.id, latitude, longitude, at: whenThere(reported_at, now) };
        await spendPosition(caller.id, id);
        return { status: 200, body: positionBody(await positions.report(report)) };
      },
      replay: async (loading, _place, status) => {
        const found = await load(loading);
        if (found === undefined) throw notFound('order');
        return { status, body: positionBody(await newest(found.id)) };
      },
    },
    getDeliveryLocation: {
      load,
      handle: async ({ subject }) => ({ status: 200, body: positionBody(await newest(subject.id)) }),
    },
  });
};
