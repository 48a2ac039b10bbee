import { match } from 'ts-pattern';
import type { Actor, Decider, Decision } from '../shared/decider.ts';
import { assignDeliveryPartner, changeDetails, modifyItems } from './change.ts';
import { autoProcessOrder, releaseOrder } from './clock.ts';
import type { OrderCommand } from './commands.ts';
import type { OrderEvent } from './events.ts';
import { evolveOrder } from './evolve.ts';
import { placeOrder } from './place.ts';
import { DEFAULT_ORDER_POLICY, type OrderPolicy } from './policy.ts';
import type { OrderRejection } from './rejections.ts';
import { isPlaced, NO_ORDER, type Order, type OrderState } from './state.ts';
import { takeAction } from './take-action.ts';

export type OrderDecision = Decision<OrderEvent, OrderRejection>;
export type OrderDecider = Decider<OrderCommand, OrderEvent, OrderState, OrderRejection>;

/** The order aggregate under a merchant's policy. */
export const createOrderDecider = (policy: OrderPolicy = DEFAULT_ORDER_POLICY): OrderDecider => ({
  initialState: NO_ORDER,
  evolve: evolveOrder,
  decide: (command, state) => {
    if (command.type === 'PlaceOrder') return placeOrder(command, state, policy);
    if (!isPlaced(state) || isStranger(state, command.by)) return { rejected: 'order.not_found' };
    return decideOnOrder(command, state, policy);
  },
});

/** A customer reaches only their own orders, a delivery partner only those assigned to them. */
const isStranger = (order: Order, { id, role }: Actor): boolean =>
  (role === 'customer' && id !== order.customer_id) ||
  (role === 'delivery_partner' && id !== order.delivery.partner_id);

type LaterCommand = Exclude<OrderCommand, { type: 'PlaceOrder' }>;

const decideOnOrder = (command: LaterCommand, order: Order, policy: OrderPolicy): OrderDecision =>
  match(command)
    .returnType<OrderDecision>()
    .with({ type: 'TakeOrderAction' }, (asked) => takeAction({ command: asked, order, policy }))
    .with({ type: 'ModifyItems' }, (asked) => modifyItems(asked, order, policy))
    .with({ type: 'ChangeDetails' }, (asked) => changeDetails(asked, order, policy))
    .with({ type: 'AssignDeliveryPartner' }, (asked) => assignDeliveryPartner(asked, order, policy))
    .with({ type: 'ReleaseOrder' }, ({ at }) => releaseOrder(order, at, policy))
    .with({ type: 'AutoProcessOrder' }, () => autoProcessOrder(order, policy))
    .exhaustive();
