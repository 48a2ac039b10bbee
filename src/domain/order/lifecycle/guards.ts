import { match } from 'ts-pattern';
import { amountDue, isPaidOnDelivery } from '../payments/amount-due.ts';
import { captured, refunded } from '../payments/balance.ts';
import type { OrderSettings } from '../settings.ts';
import type { Order } from '../state.ts';
import type { OrderAction } from './transitions.ts';

export type GuardCode = 'order.invalid_transition' | 'order.payment_required' | 'order.captured_money_left';

/** Why an action that the table allows here is rejected all the same. */
export const guardOf = (action: OrderAction, order: Order, settings: OrderSettings): GuardCode | undefined =>
  match(action)
    .returnType<GuardCode | undefined>()
    .with('cancel', () =>
      settings.cancellationStatuses.includes(order.status) ? undefined : 'order.invalid_transition',
    )
    .with('start_processing', () => (waitsForPayment(order, settings) ? 'order.payment_required' : undefined))
    .with('return_order', () => (captured(order) > refunded(order) ? 'order.captured_money_left' : undefined))
    .with('confirm', 'ship', 'out_for_delivery', 'deliver', () => undefined)
    .exhaustive();

export const waitsForPayment = (order: Order, { paymentRequired }: OrderSettings): boolean =>
  paymentRequired && amountDue(order) > 0 && !isPaidOnDelivery(order);
