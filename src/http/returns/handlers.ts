import type { Static } from '@sinclair/typebox';
import { refundMethodOf } from '../../domain/order/index.ts';
import { returnFold, returnStatusOf, type ReturnActionItem, type TakeReturnAction } from '../../domain/return/index.ts';
import type { ReturnFilters } from '../../projections/returns/index.ts';
import { writtenNotes } from '../trail/note-body.ts';
import { customerNamed } from '../orders/body.ts';
import { loadOrder, requireNamedOrder } from '../orders/find-order.ts';
import { toLines } from '../orders/input.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import { findAsOf } from '../trail/as-of.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../trail/event-body.ts';
import { historyBody } from '../trail/history-body.ts';
import { cursorsOf, pageHeaders, readPaging } from '../server/paging.ts';
import { invalid, problem } from '../server/problem.ts';
import { resolveId } from '../server/resolve-id.ts';
import { bind, type Bound, type Reply, type RequestFacts } from '../server/route.ts';
import { readSpan } from '../server/schemas/business-days.ts';
import { withoutNull } from '../server/without-null.ts';
import { returnBody } from './body.ts';
import type { ReturnDeps } from './deps.ts';
import {
  currencyOfReturn,
  loadReturn,
  type OnReturn,
  orderOf,
  readReturn,
  returnTarget,
  settledWorth,
  withMoney,
} from './find-return.ts';
import { openReturnInput } from './input.ts';
import { replayReturn, returnOutcomeReply, returnReply } from './replies.ts';
import { returnSpecs } from './routes.ts';
import type {
  listReturnsQuery,
  OpenReturnBody,
  ReturnActionItemBody,
  ReturnStateBody,
  ReviewReturnBody,
} from './schemas.ts';

const inspectedItem = ({ order_item_id, ...seen }: ReturnActionItemBody): ReturnActionItem => ({
  ...withoutNull(seen),
  order_item_id: order_item_id.toLowerCase(),
});

const actionOf = ({ items, ...rest }: ReturnStateBody): TakeReturnAction['data'] => ({
  ...withoutNull(rest),
  refund_method: rest.refund_method === undefined ? undefined : refundMethodOf(rest.refund_method),
  ...(items !== undefined && { items: items.map(inspectedItem) }),
  action: rest.action,
});

const CUSTOMER_FIELDS: ReadonlySet<string> = new Set(['notes', 'tracking_number']);

/** A customer may change the notes and name their parcel; the rest of the record is the merchant's. */
const rejectMerchantFields = (body: object, { role }: Caller): void => {
  const field = role === 'customer' ? Object.keys(body).find((name) => !CUSTOMER_FIELDS.has(name)) : undefined;
  if (field === undefined) return;
  throw problem('auth.forbidden', `A customer may only change the notes and the tracking number, not ${field}.`, {
    errors: [{ field, message: 'may only be sent by an admin' }],
  });
};

const rejectionReason = (inQuery: string | undefined, inBody: string | undefined): string | undefined => {
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody)
    throw invalid([{ field: 'reason', message: 'differs between query and body; send it once' }]);
  return inBody ?? inQuery;
};

type ListQuery = Static<typeof listReturnsQuery>;

/** Undefined: the caller may see none of what is asked for, or it does not exist. */
const filtersOf = async (
  { findOrderIdByNumber, businessTimeZone }: ReturnDeps,
  query: ListQuery,
  { id, role }: Caller,
): Promise<ReturnFilters | undefined> => {
  const { order_id, status, reason, refund_status } = query;
  const order = order_id === undefined ? undefined : await resolveId(order_id, findOrderIdByNumber);
  const customer_id = role === 'customer' ? id : query.customer_id;
  if (order_id !== undefined && order === undefined) return undefined;
  if (query.customer_id !== undefined && query.customer_id !== customer_id) return undefined;
  const { from, to } = readSpan({ from: query.created_from, to: query.created_to }, businessTimeZone);
  return {
    ...(customer_id !== undefined && { customer_id }),
    ...(order !== undefined && { order_id: order }),
    ...(status !== undefined && { status: status.flatMap((name) => returnStatusOf(name) ?? []) }),
    ...(reason !== undefined && { reason }),
    ...(refund_status !== undefined && { refund_status }),
    ...(from !== undefined && { created_from: from }),
    ...(to !== undefined && { created_to: to }),
  };
};

const NONE = { rows: [], total: { count: 0, exact: true }, next: undefined, previous: undefined };

type ListInput = Pick<RequestFacts, 'caller' | 'path' | 'search'> & { readonly query: ListQuery };

const listReply = async (deps: ReturnDeps, { query, caller, path, search }: ListInput): Promise<Reply> => {
  const filters = await filtersOf(deps, query, caller);
  const where = readPaging(query, cursorsOf(deps.decodeCursor, 'return_list'));
  const page = filters === undefined ? NONE : await deps.list({ filters, ...where });
  const bodies = page.rows.map(async ({ state: one, ...row }) => {
    const expected = settledWorth(row.money) ?? row.expected;
    // The list of orders may be behind that of returns.
    const named = expected === undefined ? withMoney(row.id, one, await orderOf(deps, one)) : { ...row, one, expected };
    return returnBody(named, caller);
  });
  const body = await Promise.all(bodies);
  return { status: 200, headers: pageHeaders({ path, search, ...page }), body };
};

type Opening = Pick<RequestFacts, 'caller' | 'context' | 'repeatable' | 'expected'> & { readonly body: OpenReturnBody };

const open = async (deps: ReturnDeps, order_id: string, { body, caller, ...asked }: Opening) => {
  const outcome = await deps.commands.open(openReturnInput(order_id, body, caller), asked);
  return returnOutcomeReply(deps, outcome, { caller, status: 201 });
};

type Reviewing = OnReturn & { readonly caller: Caller; readonly body: ReviewReturnBody };

const reviewReturn =
  (deps: ReturnDeps) =>
  async (input: Reviewing): Promise<Reply> => {
    const { decision, approval_notes: notes } = input.body;
    const { refund_amount, refund_shipping: adds_shipping } = withoutNull(input.body);
    const outcome = await deps.commands.review(returnTarget(input), { decision, notes, refund_amount, adds_shipping });
    return returnOutcomeReply(deps, outcome, input);
  };

export const bindReturns = (deps: ReturnDeps): Bound<typeof returnSpecs> => {
  const { commands } = deps;
  const load = loadReturn(deps);
  const loadReturned = loadOrder(deps);
  const replay = replayReturn(deps);
  const currencyOf = currencyOfReturn;
  return bind(returnSpecs, {
    openReturn: {
      handle: async ({ body: { order_id, ...body }, ...input }) => {
        const { id } = await requireNamedOrder(deps, input.caller, order_id);
        return open(deps, id, { ...input, body });
      },
      replay,
    },
    returnOrder: { load: loadReturned, handle: (input) => open(deps, input.subject.id, input), replay },
    requestReturn: { load: loadReturned, handle: (input) => open(deps, input.subject.id, input), replay },
    listReturns: { handle: (input) => listReply(deps, input) },
    listOrderReturns: { handle: (input) => listReply(deps, input) },
    getReturn: {
      load,
      handle: async ({ subject, caller, at: now, query: { as_of: text } }) => {
        if (text === undefined) return returnReply(subject, caller);
        const asked = { text, now, timeZone: deps.businessTimeZone };
        const { found, as_of } = await findAsOf(asked, subject, (asOf) => readReturn(deps, subject.id, asOf));
        return returnReply(found, caller, () => ({ as_of }));
      },
    },
    getReturnHistory: {
      load,
      handle: async ({ subject, caller: { role } }) => {
        const body = historyBody(await subject.events(), returnFold, { role, nameOf: customerNamed(subject.order) });
        return { status: 200, body, at: subject };
      },
    },
    getReturnEvents: {
      load,
      handle: async ({ subject }) => ({
        status: 200,
        body: (await subject.events()).map(eventBody),
        at: subject,
      }),
    },
    changeReturn: {
      load,
      handle: async (input) => {
        rejectMerchantFields(input.body, input.caller);
        const outcome = await commands.changeDetails(returnTarget(input), input.body);
        return returnOutcomeReply(deps, outcome, { caller: input.caller, more: writtenNotes });
      },
      replay: replayReturn(deps, writtenNotes),
    },
    changeReturnState: {
      load,
      currencyOf,
      handle: async (input) =>
        returnOutcomeReply(deps, await commands.takeAction(returnTarget(input), actionOf(input.body)), input),
      replay,
    },
    approveReturn: {
      load,
      handle: async (input) => {
        const data = { action: 'approve', ...withoutNull(input.body) };
        return returnOutcomeReply(deps, await commands.takeAction(returnTarget(input), data), input);
      },
      replay,
    },
    rejectReturn: {
      load,
      handle: async (input) => {
        const body = withoutNull(input.body);
        const data = { action: 'reject', ...body, reason: rejectionReason(input.query.reason, body.reason) };
        return returnOutcomeReply(deps, await commands.takeAction(returnTarget(input), data), input);
      },
      replay,
    },
    exchangeReturn: {
      load,
      currencyOf,
      handle: async (input) => {
        const { trace, subject, body } = input;
        const { items, inspection = [], ...fees } = body;
        const asked = { lines: toLines(items), inspected: inspection.map(inspectedItem), ...fees };
        const outcome = await deps.exchangeReturn(subject.one, asked, { ...returnTarget(input), trace });
        if (!('id' in outcome)) throw new CommandRejected(outcome.rejection);
        return returnOutcomeReply(deps, outcome, { ...input, status: 201 });
      },
      replay,
    },
    reviewReturn: { load, currencyOf, handle: reviewReturn(deps), replay },
    reviewOrderReturn: { load, currencyOf, handle: reviewReturn(deps), replay },
  });
};
