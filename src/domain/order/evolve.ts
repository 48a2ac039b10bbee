import type { Fact, Fold } from '../shared/decider.ts';
import { changedOnceMore } from '../shared/detail-changes.ts';
import { changesOf, type Changes } from '../shared/fold.ts';
import { mergePersonal, personalField } from '../shared/personal.ts';
import { withNote } from '../shared/notes.ts';
import type { OrderCancelled, OrderEvent, OrderPlaced } from './vocabulary/events.ts';
import { DELIVERY_CHANGES, withShipments } from './delivery/evolve.ts';
import { stillCancelled } from './goods/shipments.ts';
import { MONEY_CHANGES } from './payments/evolve.ts';
import { withCancelled } from './lifecycle/cancel-items.ts';
import { withCut } from './pricing/cut-credits.ts';
import { RETURN_CHANGES } from './returns/evolve.ts';
import { isPlaced, NO_ORDER, type Order, type OrderState } from './vocabulary/state.ts';
import type { OrderStatus } from './vocabulary/transitions.ts';

/** Folds a fact into the order. Holds no rule and never throws: the fact has already happened. */
const evolveOrder = (state: OrderState, fact: Fact<OrderEvent>): OrderState => {
  if (fact.type === 'OrderPlaced') {
    const { exchange_of, external, external_documents } = fact.data;
    const order = placed(fact);
    if (exchange_of === undefined && external === undefined && external_documents === undefined) return order;
    return {
      ...order,
      ...(exchange_of && { exchange_of }),
      ...(external && { external }),
      ...(external_documents && { external_documents }),
    };
  }
  return isPlaced(state) ? { ...state, ...changesOf(CHANGES, state, fact), updated_at: fact.at } : state;
};

/** How an order is read from its stream. */
export const orderFold: Fold<OrderEvent, OrderState> = {
  name: 'order',
  initialState: NO_ORDER,
  evolve: evolveOrder,
};

type LaterFact = Exclude<Fact<OrderEvent>, { type: 'OrderPlaced' }>;

const CHANGES: Changes<LaterFact, Order> = {
  OrderReleased: (order, { data: { estimated_delivery_at } }) => ({
    ...moved(order, 'pending'),
    delivery: { ...order.delivery, estimated_delivery_at },
  }),
  OrderConfirmed: (order, { at }) => ({ ...moved(order, 'confirmed'), confirmed_at: at }),
  OrderProcessingStarted: (order) => moved(order, 'processing'),
  OrderCancelled: (order, cancelled) => ({
    ...moved(order, 'cancelled'),
    cancelled_at: cancelled.at,
    cancellation: cancellation(cancelled),
    held: null,
  }),
  OrderReturned: (order) => ({ ...moved(order, 'returned'), is_closed_by_hand: true }),
  OrderItemsModified: (order, { by, data: { lines, credits, overrides_catalogue, personal } }) => ({
    lines,
    cancelled: stillCancelled(order.cancelled, lines),
    credits: withCut(order.credits, credits),
    priced_by: by.role,
    overrides_catalogue: overrides_catalogue ?? false,
    personal: mergePersonal(order.personal, personal),
    ...changedOnceMore(order),
  }),
  OrderDetailsChanged: (order, { data }) => ({
    personal: mergePersonal(order.personal, data.personal),
    ...changedOnceMore(order),
  }),
  DeliveryPartnerAssigned: (order, { data }) => ({
    delivery: { ...order.delivery, partner_id: data.delivery_partner_id },
  }),
  ItemsCancelled: (order, { data: { items, credits } }) => {
    const after = withCancelled(order, items);
    const { lines, cancelled } = after;
    return {
      ...withShipments(after, order.shipments),
      ...{ lines, cancelled, credits: withCut(order.credits, credits) },
      ...changedOnceMore(order),
    };
  },
  OrderHeld: (order, { at, by, data: { reason_category } }) => ({
    held: { reason_category, by, at },
    ...changedOnceMore(order),
  }),
  HoldReleased: () => ({ held: null }),
  FeedbackGiven: (_, { at, data: { rating, personal } }) => ({
    feedback: { rating, comment: personalField(personal, 'comment'), at },
  }),
  NoteAdded: (order, added) => ({
    ...withNote(order.staff_notes, added),
    ...changedOnceMore(order),
  }),
  ...DELIVERY_CHANGES,
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

/** Copied field by field: a state made with rest and spread makes every later fold several times slower. */
const placed = ({ data, at, by }: Fact<OrderPlaced>): Order => ({
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
  held: null,
  shipments: [],
  cancelled: [],
  cancellation: null,
  payments: [],
  refunds: [],
  credits: [],
  invoices: [],
  returns: [],
  is_closed_by_hand: false,
  feedback: null,
  staff_notes: [],
  detail_changes: 0,
  priced_by: by.role,
  overrides_catalogue: data.overrides_catalogue ?? false,
  created_at: at,
  updated_at: at,
  confirmed_at: null,
  shipped_at: null,
  delivered_at: null,
  cancelled_at: null,
});
