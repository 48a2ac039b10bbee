import { Type } from '@sinclair/typebox';
import type { AsOf } from '../../commands/read.ts';
import { isUnderWay } from '../../domain/order/index.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../server/event-body.ts';
import { readOrder, type FoundOrder } from './find-order.ts';
import type { NamedOrder, OrderDeps } from './order-deps.ts';
import { orderHistoryBody } from './order-history.ts';
import { orderReply } from './order-replies.ts';
import { invalid, problem } from '../server/problem.ts';
import { route, type Route } from '../server/route.ts';
import { readQueryInstant } from '../server/schemas/fields.ts';
import { oneOrderQuery } from './query-schema.ts';
import { eventResponse } from '../server/schemas/audit-response.ts';
import { orderHistoryResponse, orderResponse } from './response-schema.ts';
import { eventExample, historyExample, orderExample } from './examples.ts';
import { loadOrder, ORDER_READERS, orderParams, TAG } from './order-shared.ts';

const readAsOf = (text: string): AsOf => {
  if (/^\d{1,18}$/.test(text)) return { revision: BigInt(text) };
  const at = readQueryInstant(text);
  if (at !== undefined) return { at };
  throw invalid([
    { field: 'as_of', message: 'must be a revision (digits) or a date and time with its zone', received: text },
  ]);
};

const orderAsOf = async (deps: OrderDeps, { id }: FoundOrder, { role }: Caller, text: string): Promise<FoundOrder> => {
  const asOf = readAsOf(text);
  if (role !== 'admin' && role !== 'auditor') {
    const errors = [{ field: 'as_of', message: 'may be sent by an admin or auditor only' }];
    throw problem('auth.forbidden', 'as_of is for admins and auditors.', { errors });
  }
  const found = await readOrder(deps.readStream, id, asOf);
  if (found === undefined)
    throw problem('resource.not_found', 'as_of is before the order was placed, or after its last event.');
  return found;
};

/** A courier who was seen on the way refines when the order is expected. */
const withPosition = async ({ newestPosition }: OrderDeps, found: FoundOrder): Promise<FoundOrder & NamedOrder> =>
  isUnderWay(found.order.status) ? { ...found, seen: await newestPosition(found.id) } : found;

export const readOrderRoutes = (deps: OrderDeps): readonly Route[] => [
  route(
    {
      methods: ['GET'],
      path: '/orders/:id',
      operationId: 'getOrder',
      tag: TAG,
      summary: 'Read an order',
      description: 'Always current: folded from its events.',
      permission: { ...ORDER_READERS, service: 'orders:read' },
      params: orderParams,
      query: oneOrderQuery,
      load: loadOrder(deps),
      answers: { 200: { description: 'The order.', body: orderResponse, example: orderExample } },
    },
    async ({ subject, caller, query }) =>
      orderReply(
        deps,
        query.as_of === undefined
          ? await withPosition(deps, subject)
          : await orderAsOf(deps, subject, caller, query.as_of),
        caller,
      ),
  ),
  route(
    {
      methods: ['GET'],
      path: '/orders/:id/history',
      operationId: 'getOrderHistory',
      tag: TAG,
      summary: 'Changes of status',
      permission: { customer: 'own', admin: 'any', auditor: 'any' },
      params: orderParams,
      load: loadOrder(deps),
      answers: { 200: { description: 'Oldest first.', body: orderHistoryResponse, example: historyExample } },
    },
    ({ subject, caller }) => Promise.resolve({ status: 200, body: orderHistoryBody(subject, caller), at: subject }),
  ),
  route(
    {
      methods: ['GET'],
      path: '/orders/:id/events',
      operationId: 'getOrderEvents',
      tag: TAG,
      summary: 'Full audit trail',
      description: 'The events as they were recorded: amounts are in minor units.',
      permission: { admin: 'any', auditor: 'any' },
      params: orderParams,
      load: loadOrder(deps),
      answers: { 200: { description: 'Oldest first.', body: Type.Array(eventResponse), example: [eventExample] } },
    },
    ({ subject }) => Promise.resolve({ status: 200, body: subject.events.map(eventBody), at: subject }),
  ),
];
