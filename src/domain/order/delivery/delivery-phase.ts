import type { Role } from '../../shared/decider.ts';
import { rejectAction } from '../lifecycle/allowed-actions.ts';
import type { OrderSettings } from '../settings.ts';
import type { OrderRejection } from '../rejections.ts';
import type { Order } from '../state.ts';
import type { OrderStatus } from '../lifecycle/transitions.ts';

const UNDER_WAY: readonly OrderStatus[] = ['shipped', 'out_for_delivery'];
const BEFORE: readonly OrderStatus[] = ['scheduled', 'pending', 'confirmed', 'processing'];

/** Whether somebody is bringing it now. */
export const isOutForDelivery = (status: OrderStatus): boolean => UNDER_WAY.includes(status);

/** Whether nobody will bring it any more: it was delivered, whatever came of it since, or cancelled. */
export const isDeliveryOver = (status: OrderStatus): boolean => !isOutForDelivery(status) && !BEFORE.includes(status);

/** Why no position may be reported now; undefined when one may. */
export const whyNoPosition = (order: Order, role: Role, policy: OrderSettings): OrderRejection | undefined =>
  isOutForDelivery(order.status) ? undefined : rejectAction('order.not_under_way', order, role, policy);
