import type { Role } from '../../shared/decider.ts';
import { guardOf } from './guards.ts';
import type { OrderSettings } from '../settings.ts';
import type { ActionCode } from '../vocabulary/rejections.ts';
import type { Order } from '../vocabulary/state.ts';
import { leadsFrom, mayEverTake, ORDER_ACTIONS, type OrderAction } from '../vocabulary/transitions.ts';

/** The verbs this role may ask for now, in the order of the table. */
export const allowedOrderActions = (order: Order, role: Role, settings: OrderSettings): readonly OrderAction[] =>
  ORDER_ACTIONS.filter(
    (action) =>
      mayEverTake(role, action) && leadsFrom(action, order.status) && guardOf(action, order, settings) === undefined,
  );

/** A rejection with the status of the order and the actions that the caller may take instead. */
export const rejectAction = (rejected: ActionCode, order: Order, role: Role, settings: OrderSettings) => ({
  rejected,
  ...actionContext(order, role, settings),
});

export const actionContext = (order: Order, role: Role, settings: OrderSettings) => ({
  current_status: order.status,
  allowed_actions: allowedOrderActions(order, role, settings),
});
