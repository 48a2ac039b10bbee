import type { Fact, Fold } from '../shared/decider.ts';
import { changesOf, type Changes } from '../shared/fold.ts';
import { mergePersonal, personalField } from '../shared/personal.ts';
import type { OrderCancelled, OrderEvent, OrderPlaced } from './events.ts';
import { MONEY_CHANGES } from './payments/evolve.ts';
import { RETURN_CHANGES } from './returns/evolve.ts';
import { isPlaced, NO_ORDER, type Order, type OrderState } from './state.ts';
import type { OrderStatus } from './lifecycle/transitions.ts';

/** Folds a fact into the order. Holds no rule and never throws: the fact has already happened. */
const evolveOrder = (state: OrderState, fact: Fact<OrderEvent>): OrderState => {
  if (fact.type === 'OrderPlaced') return placed(fact);
  return isPlaced(state) ? { ...state, ...changesOf(CHANGES, state, fact), updated_at: fact.at } : state;
};

/** How an order is read from its stream. */
export const orderFold: Fold<OrderEvent, OrderState> = { initialState: NO_ORDER, evolve: evolveOrder };

type LaterFact = Exclude<Fact<OrderEvent>, { type: 'OrderPlaced' }>;

const CHANGES: Changes<LaterFact, Order> = {
  OrderReleased: (order, { data: { estimated_delivery_at } }) => ({
    ...moved(order, 'pending'),
    delivery: { ...order.delivery, estimated_delivery_at },
  }),
  OrderConfirmed: (order, { at }) => ({ ...moved(order, 'confirmed'), confirmed_at: at }),
  OrderProcessingStarted: (order) => moved(order, 'processing'),
  OrderShipped: (order, { at, data: { carrier, tracking_number } }) => ({
    ...moved(order, 'shipped'),
    shipped_at: at,
    shipment: { carrier, tracking_number },
  }),
  OrderOutForDelivery: (order, { at }) => ({
    ...moved(order, 'out_for_delivery'),
    shipped_at: order.shipped_at ?? at,
  }),
  OrderDelivered: (order, { at }) => ({ ...moved(order, 'delivered'), delivered_at: at }),
  OrderCancelled: (order, cancelled) => ({
    ...moved(order, 'cancelled'),
    cancelled_at: cancelled.at,
    cancellation: cancellation(cancelled),
  }),
  OrderReturned: (order) => ({ ...moved(order, 'returned'), is_closed_by_hand: true }),
  OrderItemsModified: (order, { data: { lines, personal } }) => ({
    lines,
    personal: mergePersonal(order.personal, personal),
  }),
  OrderDetailsChanged: (order, { data }) => ({ personal: mergePersonal(order.personal, data.personal) }),
  DeliveryPartnerAssigned: (order, { data }) => ({
    delivery: { ...order.delivery, partner_id: data.delivery_partner_id },
  }),
  FeedbackGiven: (_, { at, data: { rating, personal } }) => ({
    feedback: { rating, comment: personalField(personal, 'comment'), at },
  }),
  ...RETURN_CHANGES,
  ...MONEY_CHANGES,
};

const moved = (order: Order, status: OrderStatus) => ({ status, previous_status: order.status });

const cancellation = ({ at, by, data }: Fact<OrderCancelled>): Order['cancellation'] => ({
  reason: personalField(data.personal, 'reason'),
  category: data.reason_category,
  by,
  at,
});

/** Field by field: a state made by rest and spread makes every later fold several times slower. */
const placed = ({ data, at }: Fact<OrderPlaced>): Order => ({
  status: data.scheduled_for === null ? 'pending' : 'scheduled',
  previous_status: null,
  order_number: data.order_number,
  customer_id: data.customer_id,
  currency: data.currency,
  tax_rate: data.tax_rate,
  shipping_cost: data.shipping_cost,
  payment_method: data.payment_method,
  lines: data.lines,
  personal: data.personal,
  delivery: {
    partner_id: null,
    scheduled_for: data.scheduled_for,
    estimated_delivery_at: data.estimated_delivery_at,
  },
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
});
