import type { Role } from '../../shared/decider.ts';
import { rejectAction } from '../actions/allowed-actions.ts';
import type { OrderSettings } from '../settings.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import type { Order } from '../vocabulary/state.ts';
import { phaseOf, type OrderPhase, type OrderStatus } from '../vocabulary/transitions.ts';

type DeliveryPhase = 'ahead' | 'in_delivery' | 'over';

const DELIVERY: Readonly<Record<OrderPhase, DeliveryPhase>> = {
  scheduled: 'ahead',
  waiting: 'ahead',
  preparing: 'ahead',
  in_delivery: 'in_delivery',
  delivered: 'over',
  undelivered: 'over',
  cancelled: 'over',
};

/** Whether the goods are being brought to the customer now. */
export const isInDelivery = (status: OrderStatus): boolean => DELIVERY[phaseOf(status)] === 'in_delivery';

/**
 * Whether the delivery is over: the goods were delivered, even if they were returned later, or the order was cancelled.
 */
export const isDeliveryOver = (status: OrderStatus): boolean => DELIVERY[phaseOf(status)] === 'over';

/** The reason why no position may be reported now; undefined if one may. */
export const whyNoPosition = (order: Order, role: Role, settings: OrderSettings): OrderRejection | undefined =>
  isInDelivery(order.status) ? undefined : rejectAction('order.not_under_way', order, role, settings);
