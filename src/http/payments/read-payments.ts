import { Type, type Static } from '@sinclair/typebox';
import type { PaymentFilters } from '../../projections/payments/index.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../server/event-body.ts';
import { cursorsOf, pageHeaders, readPaging } from '../server/paging.ts';
import { paymentBody } from './payment-body.ts';
import type { PaymentDeps } from './payment-deps.ts';
import { paymentReply } from './payment-replies.ts';
import { resolveId } from '../server/resolve-id.ts';
import { route, type Route } from '../server/route.ts';
import { eventResponse } from '../server/schemas/audit-response.ts';
import { listPaymentsQuery, paymentResponse } from './response-schema.ts';
import { paymentEventExample, paymentExample } from './examples.ts';
import { loadPayment, paymentParams, TAG } from './payment-shared.ts';

/** Undefined: what is asked for does not exist, so nothing can match. */
const filtersOf = async (
  { findOrderIdByNumber }: PaymentDeps,
  { order_id, status }: Static<typeof listPaymentsQuery>,
  { id, role }: Caller,
): Promise<PaymentFilters | undefined> => {
  const order = order_id === undefined ? undefined : await resolveId(order_id, findOrderIdByNumber);
  if (order_id !== undefined && order === undefined) return undefined;
  return {
    ...(role === 'customer' && { customer_id: id }),
    ...(order !== undefined && { order_id: order }),
    ...(status !== undefined && { status }),
  };
};

const NONE = { rows: [], total: { count: 0, exact: true }, next: undefined, previous: undefined };
const READERS = { customer: 'own', admin: 'any', auditor: 'any' } as const;

export const readPaymentRoutes = (deps: PaymentDeps): readonly Route[] => [
  route(
    {
      methods: ['GET'],
      path: '/payments',
      operationId: 'listPayments',
      tag: TAG,
      summary: 'List payments',
      description: 'Newest first. Customers see their own.',
      permission: READERS,
      query: listPaymentsQuery,
      readModels: ['payment_list'],
      answers: { 200: { description: 'A page.', body: Type.Array(paymentResponse), example: [paymentExample] } },
    },
    async ({ query, caller, path, search }) => {
      const filters = await filtersOf(deps, query, caller);
      const where = readPaging(query, cursorsOf(deps.decodeCursor, 'payment_list'));
      const page = filters === undefined ? NONE : await deps.list({ filters, ...where });
      const body = page.rows.map(({ id, state }) => paymentBody({ id, payment: state }, caller));
      return { status: 200, headers: pageHeaders({ path, search, ...page }), body };
    },
  ),
  route(
    {
      methods: ['GET'],
      path: '/payments/:id',
      operationId: 'getPayment',
      tag: TAG,
      summary: 'Read a payment',
      description: 'Always current: folded from its events.',
      permission: READERS,
      params: paymentParams,
      load: loadPayment(deps),
      answers: { 200: { description: 'The payment.', body: paymentResponse, example: paymentExample } },
    },
    ({ subject, caller }) => Promise.resolve(paymentReply(subject, caller)),
  ),
  route(
    {
      methods: ['GET'],
      path: '/payments/:id/events',
      operationId: 'getPaymentEvents',
      tag: TAG,
      summary: 'Full audit trail',
      description: 'The events as they were recorded: amounts are in minor units.',
      permission: { admin: 'any', auditor: 'any' },
      params: paymentParams,
      load: loadPayment(deps),
      answers: {
        200: { description: 'Oldest first.', body: Type.Array(eventResponse), example: [paymentEventExample] },
      },
    },
    ({ subject }) => Promise.resolve({ status: 200, body: subject.events.map(eventBody), at: subject }),
  ),
];
