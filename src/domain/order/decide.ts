import { match } from 'ts-pattern';
import { canAccess } from '../shared/access.ts';
import type { Decider, Decision } from '../shared/decider.ts';
import { addItems, addNote, assignDeliveryPartner, changeDetails, modifyItems } from './lifecycle/change.ts';
import { cancelItems } from './lifecycle/cancel-items.ts';
import { holdOrder, releaseHold } from './lifecycle/hold.ts';
import { autoProcessOrder, releaseOrder } from './lifecycle/scheduling.ts';
import type { OrderCommand, OrderMoneyCommand } from './vocabulary/commands.ts';
import type { OrderEvent } from './vocabulary/events.ts';
import { orderFold } from './evolve.ts';
import { giveFeedback } from './delivery/feedback.ts';
import { moveShipment } from './delivery/move-shipment.ts';
import { changeShipment, shipItems } from './delivery/ship-items.ts';
import { openReturn } from './returns/open-return.ts';
import { confirmPaidOrder, recordCapture, recordPaymentFailure, startPayment } from './payments/payments.ts';
import { placeOrder } from './pricing/place.ts';
import { DEFAULT_ORDER_SETTINGS, PLAIN_IDS, type OrderIds, type OrderSettings, type OrderRules } from './settings.ts';
import { refundOverpaid } from './refunds/allocate.ts';
import { recordRefund, recordRefundFailure } from './refunds/record-refund.ts';
import { refundByHand } from './refunds/refund-by-hand.ts';
import { refundOrder } from './refunds/refund-order.ts';
import { refundReturn } from './refunds/refund-return.ts';
import { resolveRefund } from './refunds/resolve-refund.ts';
import type { OrderRejection } from './vocabulary/rejections.ts';
import { closeReturn, settleReturn } from './returns/settle-return.ts';
import { isPlaced, type Order, type OrderState } from './vocabulary/state.ts';
import { takeAction } from './lifecycle/take-action.ts';

export type OrderDecision = Decision<OrderEvent, OrderRejection>;
export type OrderDecider = Decider<OrderCommand, OrderEvent, OrderState, OrderRejection>;

/** The order aggregate under a merchant's settings. */
export const createOrderDecider = (
  settings: OrderSettings = DEFAULT_ORDER_SETTINGS,
  ids: OrderIds = PLAIN_IDS,
): OrderDecider => createFrom({ ...settings, ...ids });

const createFrom = (rules: OrderRules): OrderDecider => ({
  ...orderFold,
  decide: (command, state) => {
    if (command.type === 'PlaceOrder') return placeOrder(command, state, rules);
    if (!isPlaced(state) || !canAccess(command.by, state)) return { rejected: 'order.not_found' };
    return decideOnOrder(command, state, rules);
  },
});

type LaterCommand = Exclude<OrderCommand, { type: 'PlaceOrder' }>;

const decideOnOrder = (command: LaterCommand, order: Order, rules: OrderRules): OrderDecision =>
  match(command)
    .returnType<OrderDecision>()
    .with({ type: 'TakeOrderAction' }, (asked) => takeAction({ command: asked, order, settings: rules }))
    .with({ type: 'ModifyItems' }, (asked) => modifyItems(asked, order, rules))
    .with({ type: 'AddItems' }, (asked) => addItems(asked, order, rules))
    .with({ type: 'ChangeDetails' }, (asked) => changeDetails(asked, order, rules))
    .with({ type: 'AssignDeliveryPartner' }, (asked) => assignDeliveryPartner(asked, order, rules))
    .with({ type: 'ShipItems' }, (asked) => shipItems(asked, order, rules))
    .with({ type: 'ChangeShipment' }, (asked) => changeShipment(asked, order, rules))
    .with({ type: 'MoveShipment' }, (asked) => moveShipment({ command: asked, order, rules }))
    .with({ type: 'ReleaseOrder' }, ({ at }) => releaseOrder(order, at, rules))
    .with({ type: 'AutoProcessOrder' }, () => autoProcessOrder(order, rules))
    .with({ type: 'CancelItems' }, (asked) => cancelItems(asked, order, rules))
    .with({ type: 'HoldOrder' }, (asked) => holdOrder(asked, order, rules))
    .with({ type: 'ReleaseHold' }, (asked) => releaseHold(asked, order, rules))
    .with({ type: 'GiveFeedback' }, (asked) => giveFeedback(asked, order, rules))
    .with({ type: 'AddNote' }, (asked) => addNote(asked, order, rules))
    .with({ type: 'OpenReturn' }, (asked) => openReturn({ command: asked, order, rules }))
    .with({ type: 'CloseReturn' }, (asked) => closeReturn(asked, order))
    .with({ type: 'SettleReturn' }, (asked) => settleReturn(asked, order, rules))
    .otherwise((asked) => decideOnMoney(asked, order, rules));

const decideOnMoney = (command: OrderMoneyCommand, order: Order, rules: OrderRules): OrderDecision =>
  match(command)
    .returnType<OrderDecision>()
    .with({ type: 'StartPayment' }, (asked) => startPayment(asked, order, rules))
    .with({ type: 'RecordCapture' }, (asked) => recordCapture(asked, order))
    .with({ type: 'RecordPaymentFailure' }, (asked) => recordPaymentFailure(asked, order))
    .with({ type: 'RecordRefund' }, (asked) => recordRefund(asked, order))
    .with({ type: 'RecordRefundFailure' }, (asked) => recordRefundFailure(asked, order))
    .with({ type: 'ConfirmPaidOrder' }, () => confirmPaidOrder(order, rules))
    .with({ type: 'RefundOverpaid' }, () => refundOverpaid(order, rules))
    .with({ type: 'RefundReturn' }, (asked) => refundReturn(asked, order, rules))
    .with({ type: 'RefundByHand' }, (asked) => refundByHand(asked, order, rules))
    .with({ type: 'RefundOrder' }, (asked) => refundOrder(asked, order, rules))
    .with({ type: 'ResolveRefund' }, (asked) => resolveRefund(asked, order, rules))
    .exhaustive();
