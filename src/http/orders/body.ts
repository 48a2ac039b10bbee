import {
  allowedOrderActions,
  cancelledQuantity,
  estimatedDelivery,
  NO_PERSONAL_DATA,
  finalPrice,
  isDeliveryOver,
  lineTotal,
  majorTotals,
  ledgerOf,
  orderFold,
  type Order,
  type OrderLine,
  type OrderPersonal,
  type OrderRefund,
  type OrderSettings,
  refundedAmount,
  refundStatus,
  refundedOfPayment,
  lastParcel,
  returnableUntil,
  returnedQuantity,
  quantityOf,
  returnRequestedQuantity,
  returnStatusKnownToOrder,
  shippedQuantity,
  type Sighting,
} from '../../domain/order/index.ts';
import { documentIdOf } from '../../commands/index.ts';
import { toMajor } from '../../domain/shared/amount-notation.ts';
import { isErased } from '../../domain/shared/decider.ts';
import type { Minor } from '../../domain/shared/money.ts';
import { statusKnownToOrder } from '../../domain/payment/index.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { isStaff, type Caller, type Viewer } from '../server/caller.ts';
import { historyBody } from '../trail/history-body.ts';
import type { DocumentSummary } from './deps.ts';

export type OrderView = {
  readonly id: string;
  readonly order: Order;
  readonly documents: readonly DocumentSummary[];
  /** Refines when it is expected. */
  readonly seen?: Sighting | undefined;
};

/** An amount as HTTP says it. */
type Major = (amount: Minor) => number;

/** The last parcel that a carrier has; `shipments` has all of them. */
const shipmentOf = (order: Order) => {
  const parcel = lastParcel(order);
  return parcel === undefined ? null : { carrier: parcel.carrier, tracking_number: parcel.tracking_number };
};

const shipmentsBody = (id: string, { shipments, invoices }: Order) =>
  shipments.map(({ shipment_id, items, ...one }) => ({
    id: shipment_id,
    items: items.map((item) => ({ order_item_id: item.order_item_id, quantity: quantityOf(item) })),
    carrier: one.carrier,
    tracking_number: one.tracking_number,
    tracking_url: one.tracking_url,
    status: one.status,
    resolution: one.resolution,
    shipped_at: one.shipped_at,
    delivered_at: one.delivered_at,
    invoice_id: invoiceIdOf(id, shipment_id, invoices),
  }));

/** Its own invoice, else that of the order. */
const invoiceIdOf = (id: string, shipment_id: string, invoices: Order['invoices']): string | null => {
  if (invoices.some((invoice) => invoice.shipment_id === shipment_id)) return documentIdOf('invoice', shipment_id);
  return invoices.some((invoice) => invoice.shipment_id === null) ? documentIdOf('invoice', id) : null;
};

type ShownOrder = {
  readonly order: Order;
  readonly personal: OrderPersonal;
  readonly settings: OrderSettings;
  readonly viewer: Viewer;
};

const itemBody = (line: OrderLine, { order, personal, settings, viewer }: ShownOrder, major: Major) => ({
  id: line.id,
  product_id: line.product_id,
  product_name: line.product_name,
  product_sku: line.product_sku,
  product_description: line.product_description,
  unit_price: major(line.unit_price),
  quantity: line.quantity,
  total_price: major(lineTotal(line)),
  discount: major(line.discount),
  tax: major(line.tax),
  final_price: major(finalPrice(line)),
  shipped_quantity: shippedQuantity(order, line.id),
  cancelled_quantity: cancelledQuantity(order, line.id),
  return_requested_quantity: returnRequestedQuantity(order, line.id),
  returned_quantity: returnedQuantity(order, line.id),
  returnable: line.returnable ?? true,
  return_window_days: line.return_window_days ?? null,
  returnable_until: returnableUntil(order, line, settings),
  catalogue_price: isStaff(viewer) && line.catalogue_price !== undefined ? major(line.catalogue_price) : null,
  meta_data: personal.line_meta_data[line.id] ?? null,
});

/** The id of the one who cancelled is shown to themselves, and to callers who may see other people's ids. */
const cancellationBody = ({ cancellation }: Order, viewer: Viewer) => {
  if (cancellation === null) return null;
  const { reason, category, by, at } = cancellation;
  const isShown = viewer.role !== 'customer' || by.id === viewer.id;
  return { reason: typeof reason === 'string' ? reason : null, category, by: isShown ? by.id : null, at };
};

/** An order with all that is known of it, in major units. */
const wholeBody = ({ id, order, documents, seen }: OrderView, viewer: Viewer, settings: OrderSettings) => {
  const erased = isErased(order.personal);
  const personal = isErased(order.personal) ? NO_PERSONAL_DATA : order.personal;
  const major: Major = (amount) => toMajor(amount, order.currency);
  const { payment_status, refund_status } = ledgerOf(order);
  return {
    id,
    order_number: order.order_number,
    customer_id: order.customer_id,
    customer_email: personal.customer_email,
    customer_name: personal.customer_name,
    status: order.status,
    previous_status: order.previous_status,
    currency: order.currency,
    ...majorTotals(order),
    payment_status,
    refund_status,
    shipping_address: personal.shipping_address,
    billing_address: personal.billing_address,
    notes: personal.notes,
    meta_data: personal.meta_data,
    payment_method: order.payment_method,
    items: order.lines.map((line) => itemBody(line, { order, personal, settings, viewer }, major)),
    delivery: {
      partner_id: viewer.role === 'customer' ? null : order.delivery.partner_id,
      latitude: personal.latitude,
      longitude: personal.longitude,
      estimated_delivery_at: estimatedDelivery(order, seen, settings.courierSpeedKmh),
      scheduled_for: order.delivery.scheduled_for,
    },
    ...(isStaff(viewer) && { overrides_catalogue: order.overrides_catalogue }),
    held: isStaff(viewer) && order.held !== null ? { ...order.held, by: order.held.by.id } : null,
    shipment: shipmentOf(order),
    shipments: shipmentsBody(id, order),
    exchange_of: order.exchange_of ?? null,
    cancellation: cancellationBody(order, viewer),
    payments: paymentSummaries(order, major),
    refunds: order.refunds.map((refund) => refundBody(refund, major)),
    returns: returnSummaries(order, major),
    documents: isStaff(viewer) ? documents : documents.map((document) => ({ ...document, reason: null })),
    allowed_actions: allowedOrderActions(order, viewer.role, settings),
    ...(erased && { erased }),
    ...(order.external_documents && {
      external_documents: order.external_documents.map(({ document_type, number, amount, issued_at }) => ({
        type: document_type,
        number,
        amount: major(amount),
        issued_at,
      })),
    }),
    ...(order.external && { external_source: order.external.source, external_number: order.external.number }),
    created_at: order.created_at,
    updated_at: order.updated_at,
    confirmed_at: order.confirmed_at,
    shipped_at: order.shipped_at,
    delivered_at: order.delivered_at,
    cancelled_at: order.cancelled_at,
  };
};

export type OrderBody = ReturnType<typeof wholeBody>;

/**
 * A courier sees where the parcel goes, what is in it and what is noted, until it is there. The amounts stay: what is due
 * is paid at the door.
 */
const courierBody = (body: OrderBody, { status, personal }: Order): OrderBody => {
  const isOver = isDeliveryOver(status);
  return {
    ...body,
    customer_email: null,
    customer_name: null,
    billing_address: null,
    meta_data: null,
    payment_method: null,
    exchange_of: null,
    cancellation: null,
    payments: [],
    refunds: [],
    returns: [],
    documents: [],
    shipments: isOver ? [] : body.shipments.map((shipment) => ({ ...shipment, invoice_id: null })),
    items: isOver ? [] : body.items.map((item) => ({ ...item, meta_data: null })),
    ...((isOver || isErased(personal)) && { shipping_address: null, notes: null }),
    delivery: { ...body.delivery, ...(isOver && { latitude: null, longitude: null }) },
  };
};

/** An order as this caller may see it, in major units. */
export const orderBody = (view: OrderView, viewer: Viewer, settings: OrderSettings): OrderBody => {
  const body = wholeBody(view, viewer, settings);
  return viewer.role === 'delivery_partner' ? courierBody(body, view.order) : body;
};

/** The payments that were begun, as the order knows them. */
export const paymentSummaries = (order: Order, major: Major) =>
  order.payments.map((payment) => {
    const { payment_id, amount } = payment;
    const refunded = refundedOfPayment(order, payment_id);
    const status = statusKnownToOrder(payment, refunded);
    return { id: payment_id, status, amount: major(amount), refunded_amount: major(refunded) };
  });

/** Money that goes back, and what for. What staff said to it is not in here: everybody who sees the order sees it. */
const refundBody = (
  { refund_id, payment_id, return_id, kind, amount, status, method, at }: OrderRefund,
  major: Major,
) => ({
  id: refund_id,
  payment_id,
  return_id,
  kind,
  amount: major(amount),
  status,
  method,
  at,
});

export const returnSummaries = (order: Order, major: Major) =>
  order.returns.map((one) => ({
    id: one.return_id,
    return_number: one.return_number,
    status: returnStatusKnownToOrder(one),
    refund_amount: one.settlement === null ? null : major(one.settlement.amount),
    refunded_amount: major(refundedAmount(order, one.return_id)),
    refund_status: refundStatus(order, one.return_id),
  }));

/** Names are known of customers alone; everybody else is an id. */
export const customerNamed =
  ({ customer_id, personal }: Order) =>
  (id: string): string | null =>
    id === customer_id && !isErased(personal) ? personal.customer_name : null;

export const orderHistoryBody = (
  order: Order,
  events: readonly Recorded[],
  { role }: Pick<Caller, 'role'>,
): readonly object[] => historyBody(events, orderFold, { role, nameOf: customerNamed(order) });
