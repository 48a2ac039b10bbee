import type { Static } from '@sinclair/typebox';
import { isRefundInitiated, isInDelivery, type Order } from '../../domain/order/index.ts';
import { canAccess } from '../../domain/shared/access.ts';
import { findAsOf } from '../trail/as-of.ts';
import type { Caller } from '../server/caller.ts';
import { eventBody } from '../trail/event-body.ts';
import { rejectVisibility, writtenNotes } from '../trail/note-body.ts';
import { readPaging } from '../server/paging.ts';
import { invalid, problem } from '../server/problem.ts';
import { CommandRejected } from '../server/command-rejected.ts';
import { rejectForce } from '../server/reject-force.ts';
import { bind, replayKept, type Bound, type Reply, type RequestFacts } from '../server/route.ts';
import { withoutNull } from '../server/without-null.ts';
import { orderHistoryBody } from './body.ts';
import { bulkReply } from './bulk.ts';
import type { NamedOrder, OrderDeps } from './deps.ts';
import { exportReply } from './export.ts';
import { currencyOfOrder, loadOrder, orderTarget, readOrder, type FoundOrder } from './find-order.ts';
import { demandFullAddresses, placeOrderInput, rejectAdminFields, toLines } from './input.ts';
import { listReply, pageReply, type ListInput } from './lists.ts';
import { pastListReply } from './past-list.ts';
import { type More, orderReply, outcomeReply, placedReply, replayOrder } from './replies.ts';
import type { cancelOrderBody, deleteOrderQuery, OrderItemRequest, PlaceOrderBody } from './request-schemas.ts';
import { orderSpecs } from './routes.ts';

type Placing = Pick<RequestFacts, 'caller' | 'context' | 'repeatable' | 'trace' | 'acceptLanguage'> & {
  readonly body: PlaceOrderBody;
};

const placeOrder =
  (deps: OrderDeps) =>
  async ({ body, caller, context, repeatable, trace, acceptLanguage }: Placing): Promise<Reply> => {
    if (deps.requireFullAddress) demandFullAddresses(body);
    const input = placeOrderInput(body, caller, { ...deps, acceptLanguage });
    return placedReply(deps, await deps.placeOrder(input, { context, repeatable, trace }), caller);
  };

type ChangingItems = Pick<RequestFacts, 'caller' | 'context' | 'repeatable' | 'expected' | 'trace'> & {
  readonly subject: FoundOrder;
  readonly body: { readonly items: readonly OrderItemRequest[] };
};

const changeItems = async (
  deps: OrderDeps,
  how: 'replace' | 'add',
  { caller, subject, body, ...asking }: ChangingItems,
): Promise<Reply> => {
  rejectAdminFields(body.items, caller);
  const outcome = await deps.changeItems(subject, { how, lines: toLines(body.items) }, asking);
  if (!('id' in outcome)) throw new CommandRejected(outcome.rejection);
  return outcomeReply(deps, outcome, { caller, status: how === 'add' ? 201 : 200 });
};

/** Whether money is on its way back, or will be as soon as it arrives. */
const refundInitiated = (order: Order) => ({ refund_initiated: isRefundInitiated(order) });

const ofNotes: More = (_order, last) => writtenNotes(last);

/** The order as it was; of its documents, those that there were then if a time is asked for. */
const pastReply = async (
  deps: OrderDeps,
  subject: FoundOrder,
  { caller, text, at: now }: { readonly caller: Caller; readonly text: string; readonly at: string },
): Promise<Reply> => {
  const asked = { text, now, timeZone: deps.businessTimeZone };
  const { found, asOf, as_of } = await findAsOf(asked, subject, async (past) => {
    const then = await readOrder(deps.readStream, subject.id, past);
    return then !== undefined && canAccess(caller, then.order) ? then : undefined;
  });
  const documentsAt = 'at' in asOf ? asOf.at : undefined;
  return orderReply(deps, { ...found, documentsAt }, caller, () => ({ as_of }));
};

/** The courier's newest position refines the estimated time of arrival. */
const withPosition = async ({ newestPosition }: OrderDeps, found: FoundOrder): Promise<FoundOrder & NamedOrder> =>
  isInDelivery(found.order.status) ? { ...found, seen: await newestPosition(found.id) } : found;

type Cancelling = {
  readonly query: Pick<Static<typeof deleteOrderQuery>, 'reason' | 'reason_category'>;
  readonly body: Partial<Static<typeof cancelOrderBody>>;
};

/** Why an order is cancelled: said in the query or in the body, once. */
const cancellationOf = ({ query, body }: Cancelling) => {
  const inBody = withoutNull(body);
  for (const field of ['reason', 'reason_category'] as const) {
    if (query[field] !== undefined && inBody[field] !== undefined && query[field] !== inBody[field])
      throw invalid([{ field, message: 'differs between query and body; send it once' }]);
  }
  return { action: 'cancel', ...query, ...inBody };
};

export const bindOrders = (deps: OrderDeps): Bound<typeof orderSpecs> => {
  const { commands } = deps;
  const load = loadOrder(deps);
  const replay = replayOrder(deps);
  const list = (input: ListInput): Promise<Reply> => {
    const { as_of: day } = input.query;
    return day === undefined ? listReply(deps, input) : pastListReply(deps, input, day);
  };
  const place = { handle: placeOrder(deps), replay };
  return bind(orderSpecs, {
    placeOrder: place,
    scheduleOrder: place,
    changeOrder: {
      load,
      handle: async (input) => {
        if (deps.requireFullAddress) demandFullAddresses(input.body, 'change');
        rejectVisibility(input.body, input.caller);
        const outcome = await commands.changeDetails(orderTarget(input), input.body);
        return outcomeReply(deps, outcome, { caller: input.caller, more: ofNotes });
      },
      replay: replayOrder(deps, ofNotes),
    },
    changeOrderState: {
      load,
      handle: async (input) => {
        rejectForce(input.body, input.caller);
        const { action, ...said } = input.body;
        const asked = { action, ...withoutNull(said) };
        return outcomeReply(deps, await commands.takeAction(orderTarget(input), asked), input);
      },
      replay,
    },
    changeOrderStatus: {
      load,
      handle: async (input) => {
        rejectForce(input.body, input.caller);
        const { status, ...said } = input.body;
        const action = { action: status, ...withoutNull(said) };
        return outcomeReply(deps, await commands.takeAction(orderTarget(input), action), input);
      },
      replay,
    },
    cancelOrder: {
      load,
      handle: async (input) => {
        const action = { action: 'cancel', ...withoutNull(input.body) };
        const outcome = await commands.takeAction(orderTarget(input), action);
        return outcomeReply(deps, outcome, { caller: input.caller, more: refundInitiated });
      },
      replay: replayOrder(deps, refundInitiated),
    },
    deleteOrder: {
      load,
      handle: async (input) => {
        const { permanent, all_orders, ...query } = input.query;
        if (permanent === 'true') {
          if (input.caller.role !== 'admin')
            throw problem('auth.forbidden', 'Only an admin may erase an order permanently. Leave permanent out.');
          const { reason = 'Asked for with DELETE' } = cancellationOf({ ...input, query });
          return deps.eraseOwner({ ...input, order_id: input.subject.id, reason, allOrders: all_orders === 'true' });
        }
        if (all_orders !== undefined)
          throw invalid([{ field: 'all_orders', message: 'can only be sent with permanent=true' }]);
        return outcomeReply(
          deps,
          await commands.takeAction(orderTarget(input), cancellationOf({ ...input, query })),
          input,
        );
      },
      replay: (request, place, status, body) =>
        status === 202 ? replayKept(request, place, status, body) : replay(request, place, status, body),
    },
    replaceOrderItems: {
      load,
      currencyOf: currencyOfOrder,
      handle: (input) => changeItems(deps, 'replace', input),
      replay,
    },
    addOrderItems: {
      load,
      currencyOf: currencyOfOrder,
      handle: (input) => changeItems(deps, 'add', input),
      replay,
    },
    assignDelivery: {
      load,
      handle: async (input) =>
        outcomeReply(deps, await commands.assignDeliveryPartner(orderTarget(input), input.body), input),
      replay,
    },
    listOrders: { handle: list },
    listMyOrders: { handle: list },
    listOwnOrders: { handle: list },
    searchOrders: {
      handle: async (input) => {
        const { limit, offset, cursor } = readPaging(input.query, deps.decodeOffset);
        const page = await deps.search({ text: input.query.q, limit, offset: cursor?.offset ?? offset ?? 0 });
        return pageReply(deps, page, input);
      },
    },
    exportOrders: { handle: (input) => exportReply(deps, input) },
    getOrder: {
      load,
      handle: async ({ subject, caller, at, query: { as_of: text } }) =>
        text === undefined
          ? orderReply(deps, await withPosition(deps, subject), caller)
          : pastReply(deps, subject, { caller, text, at }),
    },
    getOrderHistory: {
      load,
      handle: async ({ subject, caller }) => ({
        status: 200,
        body: orderHistoryBody(subject.order, await subject.events(), caller),
        at: subject,
      }),
    },
    getOrderEvents: {
      load,
      handle: async ({ subject }) => ({
        status: 200,
        body: (await subject.events()).map(eventBody),
        at: subject,
      }),
    },
    bulkStatusUpdate: {
      handle: (input) => {
        const { order_ids: names, status, reason } = input.body;
        const changeOne = (id: string) => commands.takeAction({ ...input, id }, { action: status, reason });
        return bulkReply(deps, { names, changeOne }, input);
      },
      replay: replayKept,
    },
    bulkAssignDelivery: {
      handle: (input) => {
        const { order_ids: names, delivery_partner_id } = input.body;
        const { context, repeatable } = input;
        const changeOne = (id: string) =>
          commands.assignDeliveryPartner({ context, repeatable, id }, { delivery_partner_id });
        return bulkReply(deps, { names, changeOne }, input);
      },
      replay: replayKept,
    },
  });
};
