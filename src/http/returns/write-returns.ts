import type { TakeReturnAction } from '../../domain/return/index.ts';
import type { Caller } from '../server/caller.ts';
import { invalid, problem } from '../server/problem.ts';
import type { ReturnDeps } from './return-deps.ts';
import { replayReturn, returnOutcomeReply } from './return-replies.ts';
import { route, type Route } from '../server/route.ts';
import { rejectReturnQuery } from './query-schema.ts';
import {
  approveReturnBody,
  changeReturnBody,
  rejectReturnBody,
  returnStateBody,
  reviewReturnBody,
  type ReturnStateBody,
} from './request-schema.ts';
import { returnResponse } from './response-schema.ts';
import { withoutNull } from '../orders/order-shared.ts';
import {
  approvedReturnExample,
  changedReturnExample,
  rejectedReturnExample,
  reviewedReturnExample,
} from './examples.ts';
import { currencyOfReturn, loadReturn, returnParams, returnTarget, TAG } from './return-shared.ts';

const answered = (example: unknown) => ({
  200: { description: 'The return as it now is.', body: returnResponse, example },
});

const actionOf = ({ items, ...rest }: ReturnStateBody): TakeReturnAction['data'] => ({
  ...withoutNull(rest),
  ...(items !== undefined && {
    items: items.map(({ order_item_id, ...seen }) => ({
      ...withoutNull(seen),
      order_item_id: order_item_id.toLowerCase(),
    })),
  }),
  action: rest.action,
});

/** A customer's word is the notes; the rest of the record is the shop's. */
const refuseShopFields = (body: object, { role }: Caller): void => {
  const field = role === 'customer' ? Object.keys(body).find((name) => name !== 'notes') : undefined;
  if (field === undefined) return;
  throw problem('auth.forbidden', `A customer may change the notes only, not ${field}.`, {
    errors: [{ field, message: 'may be sent by an admin only' }],
  });
};

const rejectionReason = (inQuery: string | undefined, inBody: string | undefined): string | undefined => {
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody)
    throw invalid([{ field: 'reason', message: 'differs between query and body; send it once' }]);
  return inBody ?? inQuery;
};

const reviewRoute = (deps: ReturnDeps, path: string, operationId: string): Route =>
  route(
    {
      methods: ['PATCH'],
      path,
      operationId,
      tag: TAG,
      summary: 'Review: approve, perhaps for less, or reject',
      permission: { admin: 'any' },
      params: returnParams,
      load: loadReturn(deps),
      conditional: true,
      body: reviewReturnBody,
      currencyOf: currencyOfReturn,
      example: { decision: 'approved', approval_notes: 'A scratch on the handle', refund_amount: 10 },
      answers: answered(reviewedReturnExample),
    },
    async (input) => {
      const { decision, approval_notes: notes } = input.body;
      const { refund_amount } = withoutNull(input.body);
      const data = { decision, notes, refund_amount };
      return returnOutcomeReply(deps, await deps.commands.review(returnTarget(input), data), input);
    },
    replayReturn(deps),
  );

/** What changes a return that has been opened. */
export const writeReturnRoutes = (deps: ReturnDeps): readonly Route[] => {
  const { commands } = deps;
  const replay = replayReturn(deps);
  const onReturn = { tag: TAG, params: returnParams, load: loadReturn(deps), conditional: true } as const;
  return [
    route(
      {
        ...onReturn,
        methods: ['PATCH'],
        path: '/returns/:id',
        operationId: 'changeReturn',
        summary: 'Change notes, tracking number or meta data',
        description: 'What is left out stays as it is. Customers: the notes.',
        permission: { customer: 'own', admin: 'any' },
        body: changeReturnBody,
        example: { notes: 'Leave it with the neighbour' },
        answers: answered(changedReturnExample),
      },
      async (input) => {
        refuseShopFields(input.body, input.caller);
        return returnOutcomeReply(deps, await commands.changeDetails(returnTarget(input), input.body), input);
      },
      replay,
    ),
    route(
      {
        ...onReturn,
        methods: ['POST', 'PATCH'],
        path: '/returns/:id/state',
        operationId: 'changeReturnState',
        summary: 'Take an action',
        description:
          'The target status is accepted for the action that leads there, `completed` for refunded. Customers: cancel. ' +
          'Answers 200 also while money moves: refund_status says how far it is.',
        permission: { customer: 'own', admin: 'any' },
        body: returnStateBody,
        currencyOf: currencyOfReturn,
        example: { action: 'approve' },
        answers: answered(approvedReturnExample),
      },
      async (input) =>
        returnOutcomeReply(deps, await commands.takeAction(returnTarget(input), actionOf(input.body)), input),
      replay,
    ),
    route(
      {
        ...onReturn,
        methods: ['POST'],
        path: '/returns/:id/approve',
        operationId: 'approveReturn',
        summary: 'Approve',
        permission: { admin: 'any' },
        body: approveReturnBody,
        bodyOptional: true,
        example: { notes: 'Looks fine' },
        answers: answered(approvedReturnExample),
      },
      async (input) => {
        const data = { action: 'approve', ...input.body };
        return returnOutcomeReply(deps, await commands.takeAction(returnTarget(input), data), input);
      },
      replay,
    ),
    route(
      {
        ...onReturn,
        methods: ['POST'],
        path: '/returns/:id/reject',
        operationId: 'rejectReturn',
        summary: 'Reject, with a reason',
        permission: { admin: 'any' },
        query: rejectReturnQuery,
        body: rejectReturnBody,
        bodyOptional: true,
        example: { reason: 'It was used for weeks' },
        answers: answered(rejectedReturnExample),
      },
      async (input) => {
        const reason = rejectionReason(input.query.reason, input.body.reason);
        const data = { action: 'reject', ...input.body, reason };
        return returnOutcomeReply(deps, await commands.takeAction(returnTarget(input), data), input);
      },
      replay,
    ),
    reviewRoute(deps, '/returns/:id/review', 'reviewReturn'),
    reviewRoute(deps, '/orders/returns/:id/review', 'reviewOrderReturn'),
  ];
};
