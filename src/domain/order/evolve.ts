import { match } from 'ts-pattern';
import { ERASED, isErased, type Fact, type Personal } from '../shared/decider.ts';
import type { OrderCancelled, OrderEvent, OrderPersonal, OrderPlaced } from './events.ts';
import { isPlaced, type Order, type OrderState } from './state.ts';
import type { OrderStatus } from './transitions.ts';

/** Folds a fact into the order. Holds no rule and never throws: the fact has already happened. */
export const evolveOrder = (state: OrderState, fact: Fact<OrderEvent>): OrderState => {
  if (fact.type === 'OrderPlaced') return placed(fact);
  return isPlaced(state) ? { ...state, ...changes(state, fact), updated_at: fact.at } : state;
};

type LaterFact = Exclude<Fact<OrderEvent>, { type: 'OrderPlaced' }>;

const changes = (order: Order, fact: LaterFact): Partial<Order> =>
  match(fact)
    .returnType<Partial<Order>>()
    .with({ type: 'OrderReleased' }, ({ data: { estimated_delivery_at } }) => ({
      ...moved(order, 'pending'),
      delivery: { ...order.delivery, estimated_delivery_at },
    }))
    .with({ type: 'OrderConfirmed' }, ({ at }) => ({ ...moved(order, 'confirmed'), confirmed_at: at }))
    .with({ type: 'OrderProcessingStarted' }, () => moved(order, 'processing'))
    .with({ type: 'OrderShipped' }, ({ at, data: { carrier, tracking_number } }) => ({
      ...moved(order, 'shipped'),
      shipped_at: at,
      shipment: { carrier, tracking_number },
    }))
    .with({ type: 'OrderOutForDelivery' }, ({ at }) => ({
      ...moved(order, 'out_for_delivery'),
      shipped_at: order.shipped_at ?? at,
    }))
    .with({ type: 'OrderDelivered' }, ({ at }) => ({ ...moved(order, 'delivered'), delivered_at: at }))
    .with({ type: 'OrderCancelled' }, (cancelled) => ({
      ...moved(order, 'cancelled'),
      cancelled_at: cancelled.at,
      cancellation: cancellation(cancelled),
    }))
    .with({ type: 'OrderReturned' }, () => moved(order, 'returned'))
    .with({ type: 'OrderItemsModified' }, ({ data: { lines, personal } }) => ({
      lines,
      personal: merged(order.personal, personal),
    }))
    .with({ type: 'OrderDetailsChanged' }, ({ data }) => ({ personal: merged(order.personal, data.personal) }))
    .with({ type: 'DeliveryPartnerAssigned' }, ({ data }) => ({
      delivery: { ...order.delivery, partner_id: data.delivery_partner_id },
    }))
    .exhaustive();

const moved = (order: Order, status: OrderStatus) => ({ status, previous_status: order.status });

/** One key seals all that is personal about a customer, so what is erased anywhere is erased everywhere. */
const merged = (
  known: Personal<OrderPersonal>,
  change: Personal<Partial<OrderPersonal>> = {},
): Personal<OrderPersonal> => (isErased(known) || isErased(change) ? ERASED : { ...known, ...change });

const cancellation = ({ at, by, data }: Fact<OrderCancelled>): Order['cancellation'] => {
  const { personal = {}, reason_category: category } = data;
  return { reason: isErased(personal) ? ERASED : (personal.reason ?? null), category, by, at };
};

const placed = ({ data, at }: Fact<OrderPlaced>): Order => {
  const { scheduled_for, estimated_delivery_at, ...known } = data;
  return {
    ...known,
    status: scheduled_for === null ? 'pending' : 'scheduled',
    previous_status: null,
    delivery: { partner_id: null, scheduled_for, estimated_delivery_at },
    shipment: null,
    cancellation: null,
    created_at: at,
    updated_at: at,
    confirmed_at: null,
    shipped_at: null,
    delivered_at: null,
    cancelled_at: null,
  };
};
