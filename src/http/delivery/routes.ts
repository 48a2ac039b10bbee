import type { Instant } from '../../domain/shared/decider.ts';
import { whyNoPosition } from '../../domain/order/index.ts';
import type { DeliveryPositions, Position } from '../../delivery/positions.ts';
import type { SpendPosition } from '../server/limits/position-rate.ts';
import type { OrderDeps } from '../orders/order-deps.ts';
import { invalid, notFound, problem } from '../server/problem.ts';
import { rejectionProblem } from '../server/rejections/refusal.ts';
import { route, type Replay, type Route } from '../server/route.ts';
import { positionResponse, reportPositionBody } from './schemas.ts';
import { loadOrder, orderParams, TAG } from '../orders/order-shared.ts';

export type DeliveryDeps = { readonly positions: DeliveryPositions; readonly spendPosition: SpendPosition };

/** A courier's clock may be ahead of ours by so much; one further ahead would silence every true position after it. */
const SKEW_MS = 60_000;

const example = { latitude: 37.9755, longitude: 23.7348 };
const answer = (description: string) => ({
  200: { description, body: positionResponse, example: { ...example, last_updated: '2026-03-01T12:20:00.000Z' } },
});

export const positionBody = ({ latitude, longitude, at }: Position) => ({ latitude, longitude, last_updated: at });

const whenThere = (reported: Instant | undefined, now: Instant): Instant => {
  if (reported === undefined || Date.parse(reported) <= Date.parse(now) + SKEW_MS) return reported ?? now;
  throw invalid([{ field: 'reported_at', message: 'must not lie in the future', received: reported }]);
};

export const deliveryRoutes = (orders: OrderDeps, { positions, spendPosition }: DeliveryDeps): readonly Route[] => {
  const load = loadOrder(orders);
  const at = { path: '/orders/:id/delivery-location', tag: TAG, params: orderParams, load } as const;

  const newest = async (id: string): Promise<Position> => {
    const position = await positions.newest(id);
    if (position !== undefined) return position;
    throw problem('resource.not_found', 'No position of this delivery is known. Ask again once it is on its way.');
  };

  const replay: Replay = async (loading, _place, status) => {
    const found = await load(loading);
    if (found === undefined) throw notFound('order');
    return { status, body: positionBody(await newest(found.id)) };
  };

  return [
    route(
      {
        ...at,
        methods: ['PUT'],
        operationId: 'reportPosition',
        summary: 'Report where you are',
        description:
          'While the order is shipped or out for delivery. One that is older than the newest known changes nothing.',
        permission: { delivery_partner: 'assigned' },
        body: reportPositionBody,
        example,
        answers: answer('The newest position.'),
      },
      async ({ subject: { id, order }, caller, body, at: now }) => {
        const refused = whyNoPosition(order, caller.role, orders.policy);
        if (refused !== undefined) throw rejectionProblem(refused);
        const { latitude, longitude, reported_at } = body;
        const report = { order_id: id, courier_id: caller.id, latitude, longitude, at: whenThere(reported_at, now) };
        await spendPosition(caller.id, id);
        return { status: 200, body: positionBody(await positions.report(report)) };
      },
      replay,
    ),
    route(
      {
        ...at,
        methods: ['GET'],
        operationId: 'getDeliveryLocation',
        summary: 'Where the delivery is',
        description: 'The newest position its courier reported; 404 before the first. Forgotten a day later.',
        permission: { customer: 'own', delivery_partner: 'assigned', admin: 'any' },
        answers: answer('Where it was last seen.'),
      },
      async ({ subject }) => ({ status: 200, body: positionBody(await newest(subject.id)) }),
    ),
  ];
};
