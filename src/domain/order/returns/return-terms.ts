import type { Instant } from '../../shared/decider.ts';
import { isAfter, plusDays } from '../../shared/instant.ts';
import { lastDelivery } from '../goods/shipments.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import { nameOf } from '../pricing/totals.ts';
import type { ReturnRejection } from '../vocabulary/rejections.ts';
import type { OrderSettings } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';

type Window = Pick<OrderSettings, 'returnWindowDays'>;

/** Days after delivery in which units of a line may be returned: its product's when it was ordered, else the shop's. */
const windowOf = ({ return_window_days }: OrderLine, { returnWindowDays }: Window): number =>
  return_window_days ?? returnWindowDays;

/**
 * The last moment at which a customer may return units of a line; null if they never may, or nothing was delivered. The
 * window counts from the last parcel that has arrived.
 */
export const returnableUntil = (order: Pick<Order, 'shipments'>, line: OrderLine, rules: Window): Instant | null => {
  const delivered_at = lastDelivery(order);
  return delivered_at === null || line.returnable === false ? null : plusDays(delivered_at, windowOf(line, rules));
};

/** Why a customer may not return units of a line, which staff may still accept. */
export const whyKept = (
  line: OrderLine,
  { order, rules, at }: { readonly order: Order; readonly rules: Window; readonly at: Instant },
): ReturnRejection | undefined => {
  const item = { order_item_id: line.id, product_name: nameOf(line) };
  if (line.returnable === false) return { rejected: 'return.item_not_returnable', ...item };
  const returnable_until = returnableUntil(order, line, rules);
  if (returnable_until === null || !isAfter(at, returnable_until)) return undefined;
  return { rejected: 'return.window_closed', window_days: windowOf(line, rules), returnable_until, ...item };
};
