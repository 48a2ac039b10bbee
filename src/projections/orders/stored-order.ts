import type { Delivery, Order } from '../../domain/order/index.ts';

/** What most orders lack: left out of rows, and put back when they are read. */
type Lacking =
  | 'previous_status'
  | 'payment_method'
  | 'delivery'
  | 'held'
  | 'shipments'
  | 'cancelled'
  | 'cancellation'
  | 'payments'
  | 'refunds'
  | 'credits'
  | 'invoices'
  | 'returns'
  | 'is_closed_by_hand'
  | 'feedback'
  | 'staff_notes'
  | 'detail_changes'
  | 'overrides_catalogue'
  | 'exchange_of'
  | 'external'
  | 'external_documents'
  | 'confirmed_at'
  | 'shipped_at'
  | 'delivered_at'
  | 'cancelled_at';

/** An order as a row stores it: without personal data, which has a column of its own, and without what it lacks. */
export type StoredOrder = Omit<Order, 'personal' | Lacking> & { readonly [Name in Lacking]?: Order[Name] | undefined };

/** With every field, in the sequence in which all are stored: the same order always makes the same text. */
type Spelled = { readonly [Name in keyof Required<StoredOrder>]: StoredOrder[Name] };

const NO_DELIVERY: Delivery = { partner_id: null, scheduled_for: null, estimated_delivery_at: null };

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

const someDelivery = (delivery: Delivery): Delivery | undefined =>
  delivery.partner_id === null && delivery.scheduled_for === null && delivery.estimated_delivery_at === null
    ? undefined
    : delivery;

// Both are written out, field by field: objects of one shape are several times as fast as those with keys that vary.
const spelled = (order: Order): Spelled => ({
  status: order.status,
  previous_status: order.previous_status ?? undefined,
  order_number: order.order_number,
  customer_id: order.customer_id,
  currency: order.currency,
  tax_rate: order.tax_rate,
  shipping_cost: order.shipping_cost,
  payment_method: order.payment_method ?? undefined,
  lines: order.lines,
  delivery: someDelivery(order.delivery),
  held: order.held ?? undefined,
  shipments: some(order.shipments),
  cancelled: some(order.cancelled),
  cancellation: order.cancellation ?? undefined,
  payments: some(order.payments),
  refunds: some(order.refunds),
  credits: some(order.credits),
  invoices: some(order.invoices),
  returns: some(order.returns),
  is_closed_by_hand: order.is_closed_by_hand || undefined,
  feedback: order.feedback ?? undefined,
  staff_notes: some(order.staff_notes),
  detail_changes: order.detail_changes || undefined,
  priced_by: order.priced_by,
  overrides_catalogue: order.overrides_catalogue || undefined,
  exchange_of: order.exchange_of,
  external: order.external,
  external_documents: order.external_documents,
  created_at: order.created_at,
  updated_at: order.updated_at,
  confirmed_at: order.confirmed_at ?? undefined,
  shipped_at: order.shipped_at ?? undefined,
  delivered_at: order.delivered_at ?? undefined,
  cancelled_at: order.cancelled_at ?? undefined,
});

export const storedOrder = (order: Order): StoredOrder => spelled(order);

/** The whole order again. `personal`: from its own column, or the mark of what is not there. */
export const wholeOrder = (stored: StoredOrder, personal: Order['personal']): Order => {
  const { exchange_of, external, external_documents } = stored;
  const order: Order = {
    status: stored.status,
    previous_status: stored.previous_status ?? null,
    order_number: stored.order_number,
    customer_id: stored.customer_id,
    currency: stored.currency,
    tax_rate: stored.tax_rate,
    shipping_cost: stored.shipping_cost,
    payment_method: stored.payment_method ?? null,
    lines: stored.lines,
    personal,
    delivery: stored.delivery ?? NO_DELIVERY,
    held: stored.held ?? null,
    shipments: stored.shipments ?? [],
    cancelled: stored.cancelled ?? [],
    cancellation: stored.cancellation ?? null,
    payments: stored.payments ?? [],
    refunds: stored.refunds ?? [],
    credits: stored.credits ?? [],
    invoices: stored.invoices ?? [],
    returns: stored.returns ?? [],
    is_closed_by_hand: stored.is_closed_by_hand ?? false,
    feedback: stored.feedback ?? null,
    staff_notes: stored.staff_notes ?? [],
    detail_changes: stored.detail_changes ?? 0,
    priced_by: stored.priced_by,
    overrides_catalogue: stored.overrides_catalogue ?? false,
    created_at: stored.created_at,
    updated_at: stored.updated_at,
    confirmed_at: stored.confirmed_at ?? null,
    shipped_at: stored.shipped_at ?? null,
    delivered_at: stored.delivered_at ?? null,
    cancelled_at: stored.cancelled_at ?? null,
  };
  if (exchange_of === undefined && external === undefined && external_documents === undefined) return order;
  return {
    ...order,
    ...(exchange_of && { exchange_of }),
    ...(external && { external }),
    ...(external_documents && { external_documents }),
  };
};
