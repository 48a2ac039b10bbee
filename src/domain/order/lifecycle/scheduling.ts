import { accept, type Instant } from '../../shared/decider.ts';
import { isAfter, plusMinutes } from '../../shared/instant.ts';
import { isPaid } from '../ledger/index.ts';
import type { OrderConfirmed, OrderProcessingStarted, OrderReleased } from '../vocabulary/events.ts';
import { heldBack, passesUnpaid, waitsForPayment } from '../actions/guards.ts';
import type { OrderSettings } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';

type Clocked<E> = { readonly accepted: readonly E[] };

/** Releases a scheduled order whose time has come. Before that time, or a second time, nothing happens. */
export const releaseOrder = (order: Order, at: Instant, settings: OrderSettings): Clocked<OrderReleased> => {
  const { scheduled_for } = order.delivery;
  if (order.status !== 'scheduled' || scheduled_for === null) return accept();
  if (isAfter(plusMinutes(scheduled_for, -settings.scheduleLeadMinutes), at)) return accept();
  const estimated_delivery_at = plusMinutes(at, settings.deliveryEstimateMinutes);
  return accept({ type: 'OrderReleased', data: { estimated_delivery_at } });
};

/** Moves a waiting order to processing: confirmed and started in one append. Any other order stays as it is. */
export const autoProcessOrder = (
  order: Order,
  settings: OrderSettings,
): Clocked<OrderConfirmed | OrderProcessingStarted> => {
  if (!isAutoProcessed(order, settings) || heldBack(order) || waitsForPayment(order, settings)) return accept();
  const started: OrderProcessingStarted = { type: 'OrderProcessingStarted', data: {} };
  const confirmed: OrderConfirmed = { type: 'OrderConfirmed', data: {} };
  if (order.status === 'pending') return { accepted: [confirmed, started] };
  return order.status === 'confirmed' ? accept(started) : accept();
};

/** An imported order may be years old, so only people move it on. */
const isAutoProcessed = (order: Order, { autoProcess }: OrderSettings): boolean => {
  if (order.external !== undefined || order.external_documents !== undefined) return false;
  return autoProcess === 'all' || (autoProcess === 'paid' && (isPaid(order) || passesUnpaid(order)));
};
