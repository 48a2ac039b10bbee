import { Type } from '@sinclair/typebox';
import { onOrder } from '../orders/routes.ts';
import { asOfQuery } from '../trail/as-of.ts';
import { eventResponse } from '../trail/schemas.ts';
import { strictObject } from '../server/schemas/fields.ts';
import { defineSpecs } from '../server/spec.ts';
import {
  approvedReturnExample,
  changedReturnExample,
  exchangedReturnExample,
  exchangeReturnExample,
  openReturnExample,
  rejectedReturnExample,
  returnEventExample,
  returnExample,
  returnHistoryExample,
  returnOrderExample,
  reviewedReturnExample,
} from './examples.ts';
import {
  approveReturnBody,
  changeReturnBody,
  exchangeReturnBody,
  listReturnsQuery,
  openReturnBody,
  rejectReturnBody,
  rejectReturnQuery,
  returnHistoryResponse,
  returnOrderBody,
  returnResponse,
  returnStateBody,
  reviewReturnBody,
} from './schemas.ts';

const TAG = 'Returns';
const READERS = { customer: 'own', admin: 'any', auditor: 'any' } as const;
const WRITERS = { customer: 'own', admin: 'any' } as const;

const returnParams = strictObject({
  id: Type.String({ description: 'UUID or return number.', example: 'RET-2026-000001' }),
});
/** What operations on one return have in common. */
export const onReturn = { tag: TAG, params: returnParams } as const;
const changing = { ...onReturn, conditional: true } as const;
const changed = (example: unknown) => ({
  200: { description: 'The changed return.', body: returnResponse, example },
});
const opened = { 201: { description: 'The return.', body: returnResponse, example: returnExample } } as const;

/** The two addresses below an order mean the same. */
const returningOrder = {
  ...onOrder,
  conditional: true,
  tag: TAG,
  methods: ['POST'],
  summary: 'Return an order',
  description: 'Without items, all units that are left are returned.',
  permission: WRITERS,
  body: returnOrderBody,
  bodyOptional: true,
  example: returnOrderExample,
  answers: opened,
} as const;

const listing = {
  methods: ['GET'],
  tag: TAG,
  summary: 'List returns',
  description: 'Newest first. Customers see their own returns.',
  permission: READERS,
  query: listReturnsQuery,
  readModels: ['return_list', 'order_list'],
  answers: { 200: { description: 'A page.', body: Type.Array(returnResponse), example: [returnExample] } },
} as const;

const reviewing = {
  ...changing,
  methods: ['PATCH'],
  summary: 'Review a return',
  description: 'Approves the return, with a lower refund if needed, or rejects it.',
  permission: { admin: 'any' },
  body: reviewReturnBody,
  example: { decision: 'approved', approval_notes: 'A scratch on the handle', refund_amount: 10 },
  answers: changed(reviewedReturnExample),
} as const;

export const returnSpecs = defineSpecs({
  openReturn: {
    methods: ['POST'],
    path: '/returns',
    tag: TAG,
    summary: 'Open a return',
    description: 'Accepts bought units that are in no other return, so no unit is returned twice.',
    permission: WRITERS,
    rejects: [404],
    body: openReturnBody,
    example: openReturnExample,
    answers: opened,
  },
  returnOrder: { ...returningOrder, path: '/orders/:id/return' },
  requestReturn: { ...returningOrder, path: '/orders/:id/request-return' },
  listReturns: { ...listing, path: '/returns' },
  listOrderReturns: { ...listing, path: '/orders/returns' },
  getReturn: {
    ...onReturn,
    methods: ['GET'],
    path: '/returns/:id',
    summary: 'Get a return',
    description:
      'The answer is always current: it is folded from the return’s events. With `as_of` it is folded up to then, its order up to the same moment.',
    permission: READERS,
    query: asOfQuery('return'),
    answers: { 200: { description: 'The return.', body: returnResponse, example: returnExample } },
  },
  getReturnHistory: {
    ...onReturn,
    methods: ['GET'],
    path: '/returns/:id/history',
    summary: 'Get the status history of a return',
    permission: READERS,
    answers: { 200: { description: 'Oldest first.', body: returnHistoryResponse, example: returnHistoryExample } },
  },
  getReturnEvents: {
    ...onReturn,
    methods: ['GET'],
    path: '/returns/:id/events',
    summary: 'Get the audit trail of a return',
    description: 'Shows the events as they were recorded: amounts are in minor units.',
    permission: { admin: 'any', auditor: 'any' },
    answers: {
      200: { description: 'Oldest first.', body: Type.Array(eventResponse), example: [returnEventExample] },
    },
  },
  changeReturn: {
    ...changing,
    methods: ['PATCH'],
    path: '/returns/:id',
    summary: 'Change a return',
    description:
      'Changes notes, tracking number or meta data. Customers may change the notes, and, from the approval until it is received, the tracking number of their parcel. Fields that are left out keep their values.',
    permission: WRITERS,
    body: changeReturnBody,
    example: { notes: 'Leave it with the neighbour' },
    answers: changed(changedReturnExample),
  },
  changeReturnState: {
    ...changing,
    methods: ['POST', 'PATCH'],
    path: '/returns/:id/state',
    summary: 'Take an action on a return',
    description:
      'A target status is accepted in place of the action that leads to it, `completed` in place of refunded. Customers may cancel. ' +
      'The answer is 200 even if a refund is still in progress; refund_status shows its state.',
    permission: WRITERS,
    body: returnStateBody,
    example: { action: 'approve' },
    answers: changed(approvedReturnExample),
  },
  approveReturn: {
    ...changing,
    methods: ['POST'],
    path: '/returns/:id/approve',
    summary: 'Approve a return',
    permission: { admin: 'any' },
    body: approveReturnBody,
    bodyOptional: true,
    example: { notes: 'Looks fine' },
    answers: changed(approvedReturnExample),
  },
  rejectReturn: {
    ...changing,
    methods: ['POST'],
    path: '/returns/:id/reject',
    summary: 'Reject a return',
    description: 'The reason is required, in the query or in the body.',
    permission: { admin: 'any' },
    query: rejectReturnQuery,
    body: rejectReturnBody,
    bodyOptional: true,
    example: { reason: 'It was used for weeks' },
    answers: changed(rejectedReturnExample),
  },
  exchangeReturn: {
    ...changing,
    methods: ['POST'],
    path: '/returns/:id/exchange',
    summary: 'Exchange a return',
    description:
      'Processes a return that was received: its value becomes store credit, which pays for a new order of the same customer. What the order costs more is due; what it costs less stays store credit. A return is exchanged at most once.',
    permission: { admin: 'any' },
    body: exchangeReturnBody,
    example: exchangeReturnExample,
    answers: {
      201: { description: 'The return, with its new order.', body: returnResponse, example: exchangedReturnExample },
    },
  },
  reviewReturn: { ...reviewing, path: '/returns/:id/review' },
  reviewOrderReturn: { ...reviewing, path: '/orders/returns/:id/review' },
});
