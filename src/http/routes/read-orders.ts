import { Type, type Static } from '@sinclair/typebox';
import type { AsOf } from '../../commands/read.ts';
import { isUnderWay, orderStatusOf, type OrderStatus } from '../../domain/order/index.ts';
import type { OrderFilters } from '../../projections/order-filters.ts';
import type { Caller } from '../caller.ts';
import { eventBody } from '../event-body.ts';
import { readOrder, type FoundOrder } from '../orders/find-order.ts';
import { orderBody } from '../orders/order-body.ts';
import type { NamedOrder, OrderDeps } from '../orders/order-deps.ts';
import { orderHistoryBody } from '../orders/order-history.ts';
import { orderReply } from '../orders/order-replies.ts';
import { pageHeaders, readPaging } from '../paging.ts';
import { invalid, problem } from '../problem.ts';
import { route, type Reply, type Route } from '../route.ts';
import { readQueryInstant } from '../schemas/fields.ts';
import { listOrdersQuery, oneOrderQuery } from '../schemas/order-query.ts';
import { eventResponse } from '../schemas/audit-response.ts';
import { orderHistoryResponse, orderResponse } from '../schemas/order-response.ts';
import { eventExample, historyExample, orderExample } from './examples.ts';
import { loadOrder, orderParams, TAG } from './order-shared.ts';

type ListQuery = Static<typeof listOrdersQuery>;

/** Undefined: the caller may see none of what is asked for. */
const filtersOf = (query: ListQuery, { id, role }: Caller): OrderFilters | undefined => {
  const { created_from, created_to, min_total, max_total } = query;
  const partner = query.delivery_partner_id === 'me' ? id : query.delivery_partner_id;
  const customer_id = role === 'customer' ? id : query.customer_id;
  const delivery_partner_id = role === 'delivery_partner' ? id : partner;
  if (query.customer_id !== undefined && query.customer_id !== customer_id) return undefined;
  if (partner !== undefined && partner !== delivery_partner_id) return undefined;
  if (role === 'customer' && partner !== undefined) return undefined;
  const from = created_from === undefined ? undefined : readQueryInstant(created_from);
  const to = created_to === undefined ? undefined : readQueryInstant(created_to);
  return {
    ...(customer_id !== undefined && { customer_id }),
    ...(delivery_partner_id !== undefined && { delivery_partner_id }),
    ...(query.status !== undefined && { status: statusesOf(query.status) }),
    ...(from !== undefined && { created_from: from }),
    ...(to !== undefined && { created_to: to }),
    ...(min_total !== undefined && { min_total }),
    ...(max_total !== undefined && { max_total }),
  };
};

const statusesOf = (words: readonly string[]): readonly OrderStatus[] =>
  words.flatMap((word) => orderStatusOf(word) ?? []);

const NONE = { orders: [], total: { count: 0, exact: true }, next: undefined, previous: undefined };

type ListInput = {
  readonly query: ListQuery;
  readonly caller: Caller;
  readonly path: string;
  readonly search: string;
};

/** A page of what this caller may see of what is asked for. */
export const listReply = async (deps: OrderDeps, { query, caller, path, search }: ListInput): Promise<Reply> => {
  const filters = filtersOf(query, caller);
  const paging = readPaging(query, deps.decodeCursor);
  const sort = query.sort;
  const page =
    filters === undefined ? NONE : await deps.list({ filters, ...paging, ...(sort !== undefined && { sort }) });
  const named = page.orders.map(({ id, state }) => ({ id, order: state }));
  const shipped = named.filter(({ order }) => order.shipped_at !== null);
  const documents = shipped.length === 0 ? undefined : await deps.findDocuments(shipped);
  return {
    status: 200,
    headers: pageHeaders({ path, search, ...page }),
    body: named.map(({ id, order }) =>
      orderBody({ id, order, documents: documents?.get(id) ?? [] }, caller, deps.policy),
    ),
  };
};

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

const READERS = { customer: 'own', delivery_partner: 'assigned', admin: 'any', auditor: 'any' } as const;

export const readOrderRoutes = (deps: OrderDeps): readonly Route[] => [
  route(
    {
      methods: ['GET'],
      path: '/orders',
      operationId: 'listOrders',
      tag: TAG,
      summary: 'List orders',
      description: 'Customers see their own, delivery partners those assigned to them.',
      permission: READERS,
      query: listOrdersQuery,
      readModels: ['order_list'],
      answers: { 200: { description: 'A page of orders.', body: Type.Array(orderResponse), example: [orderExample] } },
    },
    (input) => listReply(deps, input),
  ),
  route(
    {
      methods: ['GET'],
      path: '/orders/:id',
      operationId: 'getOrder',
      tag: TAG,
      summary: 'Read an order',
      description: 'Always current: folded from its events.',
      permission: { ...READERS, service: 'orders:read' },
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
