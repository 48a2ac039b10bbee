import { match } from 'ts-pattern';
import type { Decision } from '../../shared/decider.ts';
import { remarksOf } from '../../shared/remarks.ts';
import { isVisible } from '../../shared/visible-text.ts';
import { rejectAction, actionContext } from '../actions/allowed-actions.ts';
import { everythingToShip, isAnythingLeft } from '../goods/shipments.ts';
import { invoiceFor, nextShipmentId, trackingOf } from '../delivery/ship-items.ts';
import { ledgerOf } from '../ledger/index.ts';
import { creditOf, everythingOwed } from '../refunds/refund-order.ts';
import type { TakeOrderAction } from '../vocabulary/commands.ts';
import type { OrderEvent } from '../vocabulary/events.ts';
import { guardOf, mayBeForced } from '../actions/guards.ts';
import type { OrderRules } from '../settings.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import type { Order } from '../vocabulary/state.ts';
import { isAskedForBy, leadsFrom, mayEverTake, type OrderAction } from '../vocabulary/transitions.ts';
import { isOrderWord, ORDER_WORDS, orderActionOf, orderStatusOf } from '../actions/action-aliases.ts';

type Taking = { readonly command: TakeOrderAction; readonly order: Order; readonly settings: OrderRules };

/** Takes an action, named by its verb or by the status that it leads to. */
export const takeAction = (taking: Taking): Decision<OrderEvent, OrderRejection> => {
  const { command, order } = taking;
  const word = command.data.action;
  if (!isOrderWord(word)) return { rejected: 'order.unknown_action', action: word, known_actions: ORDER_WORDS };
  const action = orderActionOf(word, order.status);
  const rejection = whyNot(action, taking);
  if (rejection !== undefined) return rejection;
  return action === undefined ? rejectHere('order.invalid_transition', taking) : { accepted: eventsOf(action, taking) };
};

const whyNot = (action: OrderAction | undefined, taking: Taking): OrderRejection | undefined => {
  const { command, order, settings } = taking;
  if (isAlready(action, taking)) return rejectHere(`order.already_${order.status}`, taking);
  if (action === undefined) return rejectHere('order.invalid_transition', taking);
  if (!mayEverTake(command.by.role, action)) return rejectHere('order.action_not_permitted', taking);
  if (!leadsFrom(action, order.status)) return rejectHere(whyNotFromHere(action, order), taking);
  const guard = guardOf(action, order, settings);
  if (guard === 'order.payment_required') return isForced(taking) ? undefined : paymentRequired(taking);
  if (guard !== undefined) return rejectHere(guard, taking);
  return action === 'cancel' ? cancelReasonProblem(command.data.reason, settings) : undefined;
};

/** Once something has left, an order is no longer cancelled as a whole. */
const whyNotFromHere = (action: OrderAction, { status }: Order) =>
  action === 'cancel' && status === 'partially_shipped' ? 'order.cancel_items_required' : 'order.invalid_transition';

/** An admin starts an order that is all goodwill. */
const isForced = ({ command, order }: Taking): boolean =>
  command.data.force === true && command.by.role === 'admin' && mayBeForced(order);

/** The order already has the requested status, and the action would move none of its parcels. */
const isAlready = (action: OrderAction | undefined, { command, order, settings }: Taking): boolean => {
  const { status } = order;
  const moves = action !== undefined && leadsFrom(action, status) && guardOf(action, order, settings) === undefined;
  if (orderStatusOf(command.data.action) === status) return !moves;
  return action !== undefined && !leadsFrom(action, status) && isAskedForBy(action, status);
};

const rejectHere = (code: Parameters<typeof rejectAction>[0], { command, order, settings }: Taking) =>
  rejectAction(code, order, command.by.role, settings);

const paymentRequired = ({ command, order, settings }: Taking): OrderRejection => ({
  rejected: 'order.payment_required',
  amount_due: ledgerOf(order).amount_due,
  ...actionContext(order, command.by.role, settings),
});

const MIN_REASON = 10;
const MAX_REASON = 500;

const cancelReasonProblem = (reason: string | undefined, settings: OrderRules): OrderRejection | undefined => {
  if (settings.requireCancelReason && (reason === undefined || !isVisible(reason))) {
    return { rejected: 'order.cancel_reason_required' };
  }
  if (reason === undefined) return undefined;
  const length = Array.from(reason).length;
  return length < MIN_REASON || length > MAX_REASON
    ? { rejected: 'order.cancel_reason_length', length, expected: `${MIN_REASON} to ${MAX_REASON} characters` }
    : undefined;
};

const eventsOf = (action: OrderAction, taking: Taking): readonly OrderEvent[] => {
  const { command, order, settings } = taking;
  const { data } = command;
  const remarks = remarksOf(data);
  return match(action)
    .returnType<readonly OrderEvent[]>()
    .with('confirm', () => [{ type: 'OrderConfirmed', data: remarks }])
    .with('start_processing', () => [
      { type: 'OrderProcessingStarted', data: { ...(isForced(taking) && { forced: true }), ...remarks } },
    ])
    .with('ship', () => [
      {
        type: 'OrderShipped',
        data: {
          shipment_id: nextShipmentId(order, settings),
          ...trackingOf(data),
          ...invoiceOfRest(taking),
          ...remarks,
        },
      },
    ])
    .with('out_for_delivery', () => [
      {
        type: 'OrderOutForDelivery',
        data: {
          shipment_id: isAnythingLeft(order) ? nextShipmentId(order, settings) : null,
          ...invoiceOfRest(taking),
          ...remarks,
        },
      },
    ])
    .with('deliver', () => [...shippedFirst(taking), { type: 'OrderDelivered', data: remarks }])
    .with('cancel', () => [
      { type: 'OrderCancelled', data: { reason_category: data.reason_category ?? null, ...remarks } },
    ])
    .with('return_order', () => [{ type: 'OrderReturned', data: remarks }, ...closingCredit(order, settings)])
    .exhaustive();
};

/** The invoice that is caused when everything that is left leaves. */
const invoiceOfRest = ({ order, settings }: Taking) => ({
  invoice: invoiceFor(order, everythingToShip(order), settings),
});

/** What is left when an order is delivered was taken along. */
const shippedFirst = (taking: Taking): readonly OrderEvent[] =>
  isAnythingLeft(taking.order) ? eventsOf('ship', taking) : [];

/** Closing the books gives up all that is still owed, with one credit memo. */
const closingCredit = (order: Order, rules: OrderRules): readonly OrderEvent[] =>
  ledgerOf(order).owed === 0
    ? []
    : [
        creditOf(order, rules, {
          kind: 'cancellation',
          parts: everythingOwed(order),
          reason_category: null,
          restock: false,
        }),
      ];
