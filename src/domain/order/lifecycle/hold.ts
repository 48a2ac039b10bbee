import { accept, type Decision, type Role } from '../../shared/decider.ts';
import { isChangedTooOften } from '../../shared/detail-changes.ts';
import type { HoldOrder, ReleaseHold } from '../vocabulary/commands.ts';
import type { HoldReleased, OrderHeld } from '../vocabulary/events.ts';
import type { OrderRejection } from '../vocabulary/rejections.ts';
import type { OrderSettings } from '../settings.ts';
import type { Order } from '../vocabulary/state.ts';
import { rejectAction } from '../actions/allowed-actions.ts';
import { leadsFrom, phaseOf } from '../vocabulary/transitions.ts';

/** Stops the order before its goods leave. A process may hold an order however often it was changed. */
export const holdOrder = (
  { data: { reason_category, note }, by }: HoldOrder,
  order: Order,
  settings: OrderSettings,
): Decision<OrderHeld, OrderRejection> => {
  if (!mayHold(by.role)) return rejectAction('order.action_not_permitted', order, by.role, settings);
  if (order.held !== null) return rejectAction('order.already_held', order, by.role, settings);
  if (!hasGoodsToSend(order)) return rejectAction('order.invalid_transition', order, by.role, settings);
  if (by.role !== 'system' && isChangedTooOften(order)) {
    return { rejected: 'order.too_many_changes', changes: order.detail_changes };
  }
  return accept({ type: 'OrderHeld', data: { reason_category, ...noteOf(note) } });
};

/** The order goes on. */
export const releaseHold = (
  { data: { note }, by }: ReleaseHold,
  order: Order,
  settings: OrderSettings,
): Decision<HoldReleased, OrderRejection> => {
  if (!mayHold(by.role)) return rejectAction('order.action_not_permitted', order, by.role, settings);
  if (order.held === null) return rejectAction('order.not_held', order, by.role, settings);
  return accept({ type: 'HoldReleased', data: noteOf(note) });
};

const mayHold = (role: Role): boolean => role === 'admin' || role === 'system';

/** Goods may still leave, so there is something to hold. */
export const hasGoodsToSend = ({ status }: Order): boolean =>
  phaseOf(status) === 'scheduled' || phaseOf(status) === 'waiting' || leadsFrom('ship', status);

const noteOf = (note: string | undefined) => (note === undefined ? {} : { personal: { note } });
