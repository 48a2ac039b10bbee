import { Type, type Static } from '@sinclair/typebox';
import { returnFold, returnStatusOf } from '../../domain/return/index.ts';
import type { ReturnFilters } from '../../projections/returns/index.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../server/event-body.ts';
import { historyBody } from '../server/history-body.ts';
import { customerNamed } from '../orders/order-history.ts';
import { cursorsOf, pageHeaders, readPaging } from '../server/paging.ts';
import { resolveId } from '../server/resolve-id.ts';
import { returnBody } from './return-body.ts';
import type { ReturnDeps } from './return-deps.ts';
import { returnReply } from './return-replies.ts';
import { route, type Reply, type Route } from '../server/route.ts';
import { eventResponse } from '../server/schemas/audit-response.ts';
import { readQueryInstant } from '../server/schemas/fields.ts';
import { listReturnsQuery } from './query-schema.ts';
import { returnHistoryResponse, returnResponse } from './response-schema.ts';
import { returnEventExample, returnExample, returnHistoryExample } from './examples.ts';
import { loadReturn, returnParams, TAG } from './return-shared.ts';

type ListQuery = Static<typeof listReturnsQuery>;

/** Undefined: the caller may see none of what is asked for, or it does not exist. */
const filtersOf = async (
  { findOrderIdByNumber }: ReturnDeps,
  query: ListQuery,
  { id, role }: Caller,
): Promise<ReturnFilters | undefined> => {
  const { order_id, status, reason } = query;
  const order = order_id === undefined ? undefined : await resolveId(order_id, findOrderIdByNumber);
  const customer_id = role === 'customer' ? id : query.customer_id;
  if (order_id !== undefined && order === undefined) return undefined;
  if (query.customer_id !== undefined && query.customer_id !== customer_id) return undefined;
  const from = query.created_from === undefined ? undefined : readQueryInstant(query.created_from);
  const to = query.created_to === undefined ? undefined : readQueryInstant(query.created_to);
  return {
    ...(customer_id !== undefined && { customer_id }),
    ...(order !== undefined && { order_id: order }),
    ...(status !== undefined && { status: status.flatMap((name) => returnStatusOf(name) ?? []) }),
    ...(reason !== undefined && { reason }),
    ...(from !== undefined && { created_from: from }),
    ...(to !== undefined && { created_to: to }),
  };
};

const NONE = { rows: [], total: { count: 0, exact: true }, next: undefined, previous: undefined };

type ListInput = {
  readonly query: ListQuery;
  readonly caller: Caller;
  readonly path: string;
  readonly search: string;
};

const listReply = async (deps: ReturnDeps, { query, caller, path, search }: ListInput): Promise<Reply> => {
  const filters = await filtersOf(deps, query, caller);
  const where = readPaging(query, cursorsOf(deps.decodeCursor, 'return_list'));
  const page = filters === undefined ? NONE : await deps.list({ filters, ...where });
  const body = page.rows.map(({ id, state: one, money }) => returnBody({ id, one, money }, caller));
  return { status: 200, headers: pageHeaders({ path, search, ...page }), body };
};

const READERS = { customer: 'own', admin: 'any', auditor: 'any' } as const;

const listRoute = (deps: ReturnDeps, path: string, operationId: string): Route =>
  route(
    {
      methods: ['GET'],
      path,
      operationId,
      tag: TAG,
      summary: 'List returns',
      description: 'Newest first. Customers see their own.',
      permission: READERS,
      query: listReturnsQuery,
      readModels: ['return_list'],
      answers: { 200: { description: 'A page.', body: Type.Array(returnResponse), example: [returnExample] } },
    },
    (input) => listReply(deps, input),
  );

export const readReturnRoutes = (deps: ReturnDeps): readonly Route[] => {
  const one = { methods: ['GET'], tag: TAG, params: returnParams, load: loadReturn(deps) } as const;
  return [
    listRoute(deps, '/returns', 'listReturns'),
    listRoute(deps, '/orders/returns', 'listOrderReturns'),
    route(
      {
        ...one,
        path: '/returns/:id',
        operationId: 'getReturn',
        summary: 'Read a return',
        description: 'Always current: folded from its events.',
        permission: READERS,
        answers: { 200: { description: 'The return.', body: returnResponse, example: returnExample } },
      },
      ({ subject, caller }) => Promise.resolve(returnReply(subject, caller)),
    ),
    route(
      {
        ...one,
        path: '/returns/:id/history',
        operationId: 'getReturnHistory',
        summary: 'Changes of status',
        permission: READERS,
        answers: { 200: { description: 'Oldest first.', body: returnHistoryResponse, example: returnHistoryExample } },
      },
      ({ subject, caller: { role } }) => {
        const body = historyBody(subject.events, returnFold, { role, nameOf: customerNamed(subject.order) });
        return Promise.resolve({ status: 200, body, at: subject });
      },
    ),
    route(
      {
        ...one,
        path: '/returns/:id/events',
        operationId: 'getReturnEvents',
        summary: 'Full audit trail',
        description: 'The events as they were recorded: amounts are in minor units.',
        permission: { admin: 'any', auditor: 'any' },
        answers: {
          200: { description: 'Oldest first.', body: Type.Array(eventResponse), example: [returnEventExample] },
        },
      },
      ({ subject }) => Promise.resolve({ status: 200, body: subject.events.map(eventBody), at: subject }),
    ),
  ];
};
