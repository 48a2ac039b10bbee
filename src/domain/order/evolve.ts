import { match, P } from 'ts-pattern';
import type { Fact } from '../shared/decider.ts';
import { mergePersonal, personalField } from '../shared/personal.ts';
import type { OrderCancelled, OrderEvent, OrderPlaced } from './events.ts';
import { evolveMoney } from './evolve-money.ts';
import { evolveReturns } from './evolve-returns.ts';
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
    .with({ type: 'OrderReturned' }, () => ({ ...moved(order, 'returned'), is_closed_by_hand: true }))
    .with({ type: 'OrderItemsModified' }, ({ data: { lines, personal } }) => ({
      lines,
      personal: mergePersonal(order.personal, personal),
    }))
    .with({ type: 'OrderDetailsChanged' }, ({ data }) => ({ personal: mergePersonal(order.personal, data.personal) }))
    .with({ type: 'DeliveryPartnerAssigned' }, ({ data }) => ({
      delivery: { ...order.delivery, partner_id: data.delivery_partner_id },
    }))
    .with({ type: 'FeedbackGiven' }, ({ at, data: { rating, personal } }) => ({
      feedback: { rating, comment: personalField(personal, 'comment'), at },
    }))
    .with({ type: P.union('ReturnOpened', 'ReturnSettled', 'ReturnClosed') }, (event) => evolveReturns(order, event))
    .otherwise((event) => evolveMoney(order, event));

const moved = (order: Order, status: OrderStatus) => ({ status, previous_status: order.status });

const cancellation = ({ at, by, data }: Fact<OrderCancelled>): Order['cancellation'] => {
  return { reason: personalField(data.personal, 'reason'), category: data.reason_category, by, at };
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
    payments: [],
    refunds: [],
    returns: [],
    is_closed_by_hand: false,
    feedback: null,
    created_at: at,
    updated_at: at,
    confirmed_at: null,
    shipped_at: null,
    delivered_at: null,
    cancelled_at: null,
  };
};
