import { match } from 'ts-pattern';
import { isAnythingLeft, openShipments } from '../goods/shipments.ts';
import { movesShipment } from '../vocabulary/shipment-transitions.ts';
import { isPaid, isPaidBackByHand, isPaidOnDelivery, ledgerOf } from '../ledger/index.ts';
import type { OrderSettings } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';
import type { OrderAction } from '../vocabulary/transitions.ts';

export type GuardCode =
  | 'order.invalid_transition'
  | 'order.payment_required'
  | 'order.captured_money_left'
  | 'order.held';

/**
 * The reason why an action that the table allows is still rejected. `allowed_actions` leaves it out, so callers know
 * before.
 */
export const guardOf = (action: OrderAction, order: Order, settings: OrderSettings): GuardCode | undefined =>
  match(action)
    .returnType<GuardCode | undefined>()
    .with('cancel', () =>
      settings.cancellationStatuses.includes(order.status) ? undefined : 'order.invalid_transition',
    )
    .with(
      'start_processing',
      () => heldBack(order) ?? (waitsForPayment(order, settings) ? 'order.payment_required' : undefined),
    )
    .with('return_order', () => (ledgerOf(order).balance > 0 ? 'order.captured_money_left' : undefined))
    .with('ship', () => heldBack(order) ?? (isAnythingLeft(order) ? undefined : 'order.invalid_transition'))
    // What has left may arrive whatever is held.
    .with(
      'out_for_delivery',
      'deliver',
      (moving) => (isAnythingLeft(order) ? heldBack(order) : undefined) ?? cannotMove(moving, order),
    )
    .with('confirm', () => undefined)
    .exhaustive();

/** A held order is neither processed nor shipped. */
export const heldBack = ({ held }: Pick<Order, 'held'>): 'order.held' | undefined =>
  held === null ? undefined : 'order.held';

/** An action on the order ships what is left, and moves every shipment that can be moved so. */
const cannotMove = (action: 'out_for_delivery' | 'deliver', order: Order): 'order.invalid_transition' | undefined =>
  isAnythingLeft(order) || openShipments(order).some(({ status }) => movesShipment(action, status))
    ? undefined
    : 'order.invalid_transition';

export const waitsForPayment = (order: Order, { paymentRequired }: OrderSettings): boolean =>
  paymentRequired && !isPaid(order) && !passesUnpaid(order);

/** Paid at the door: processing does not wait for the money, unless staff refunded some. */
export const passesUnpaid = (order: Order): boolean => isPaidOnDelivery(order) && !isPaidBackByHand(order);

/** Nothing was paid and nothing is due, because everything was credited: only an admin may start it. */
export const mayBeForced = (order: Order): boolean => ledgerOf(order).payment_status === 'settled';
