import { PLAIN_IDS } from '../../src/domain/order/index.ts';
import type {
  HoldReason,
  OrderCancelled,
  ItemsShipped,
  OrderConfirmed,
  OrderDelivered,
  OrderEvent,
  OrderOutForDelivery,
  OrderProcessingStarted,
  OrderShipped,
  OrderStatus,
} from '../../src/domain/order/index.ts';
import { pricedMug } from './order-commands.ts';
import { returnClosed, returnOpened, returnSettled } from './order-money.ts';
import { orderPlaced } from './orders.ts';

export const placed = (changes: Parameters<typeof orderPlaced>[0] = {}) =>
  orderPlaced({ lines: [pricedMug()], ...changes });
export const confirmed: OrderConfirmed = { type: 'OrderConfirmed', data: {} };
export const started: OrderProcessingStarted = { type: 'OrderProcessingStarted', data: {} };
/** What `placed()` costs: two mugs, tax and shipping. */
export const PLACED_TOTAL = 3358;
const invoice = { amount: PLACED_TOTAL };
/** The id that `PLAIN_IDS` gives to the nth shipment of a test order. */
export const shipmentId = (n = 1): string => PLAIN_IDS.shipmentId('ORD-2026-000001', n - 1);
export const shippedFor = (amount: number): OrderShipped => ({
  type: 'OrderShipped',
  data: { shipment_id: shipmentId(), carrier: null, tracking_number: null, invoice: { amount } },
});
export const shipped = shippedFor(PLACED_TOTAL);
export const outForDelivery: OrderOutForDelivery = {
  type: 'OrderOutForDelivery',
  data: { shipment_id: shipmentId(), invoice },
};
/** One of the two mugs of `placed()` leaves. */
export const oneShipped = (n = 1): ItemsShipped => ({
  type: 'ItemsShipped',
  data: {
    shipment_id: shipmentId(n),
    items: [{ order_item_id: pricedMug().id, units: [{ first: n, last: n }] }],
    carrier: 'DHL',
    tracking_number: null,
    invoice: n === 1 ? { amount: PLACED_TOTAL } : null,
  },
});
export const shipmentDelivered = (n = 1): OrderEvent => ({
  type: 'ShipmentDelivered',
  data: { shipment_id: shipmentId(n) },
});
export const shipmentLost = (resolution: 'refund' | 'resend' | null = null, n = 1): OrderEvent => ({
  type: 'ShipmentLost',
  data: { shipment_id: shipmentId(n), resolution },
});
export const shipmentBack = (resolution: 'refund' | 'resend' | null = null, n = 1): OrderEvent => ({
  type: 'ShipmentReturnedToSender',
  data: { shipment_id: shipmentId(n), resolution },
});
export const delivered: OrderDelivered = { type: 'OrderDelivered', data: {} };
export const cancelled: OrderCancelled = { type: 'OrderCancelled', data: { reason_category: null } };
export const held = (reason_category: HoldReason = 'fraud_check'): OrderEvent => ({
  type: 'OrderHeld',
  data: { reason_category },
});
export const holdReleased: OrderEvent = { type: 'HoldReleased', data: {} };
export const assigned = (delivery_partner_id = 'd-1'): OrderEvent => ({
  type: 'DeliveryPartnerAssigned',
  data: { delivery_partner_id },
});

export const closedBooks: OrderEvent = { type: 'OrderReturned', data: {} };
/** What closing the books of the mug order credits: so much of what it costs, goods first. */
export const closingCredit = (amount: number): OrderEvent => ({
  type: 'OrderCredited',
  data: {
    credit_id: 'ORD-2026-000001/credit-1',
    kind: 'cancellation',
    amount,
    parts: {
      items: [{ order_item_id: pricedMug().id, quantity: 0, amount: Math.min(amount, PLACED_TOTAL - 500) }],
      shipping: Math.max(0, amount - PLACED_TOTAL + 500),
      goodwill: 0,
    },
    pays: 0,
    invoiced: true,
    reason_category: null,
    restock: false,
  },
});

const TO_PROCESSING = [confirmed, started];

const toTheDoor = [placed(), ...TO_PROCESSING, shipped, delivered];
const oneUnit = [{ first: 1, last: 1, amount: 1429 }];
/** One of two mugs is to come back. */
const oneToReturn = returnOpened('r-1', [{ order_item_id: pricedMug().id, quantity: 1, units: oneUnit }]);
const oneSettled = returnSettled('r-1', [{ order_item_id: pricedMug().id, accepted_quantity: 1, units: oneUnit }]);

/** What happened to an order that is now in a status. */
export const pathTo = (status: OrderStatus): readonly OrderEvent[] => {
  const paths: Readonly<Record<OrderStatus, readonly OrderEvent[]>> = {
    scheduled: [placed({ scheduled_for: '2026-03-02T12:00:00.000Z' })],
    pending: [placed()],
    confirmed: [placed(), confirmed],
    processing: [placed(), ...TO_PROCESSING],
    partially_shipped: [placed(), ...TO_PROCESSING, oneShipped()],
    shipped: [placed(), ...TO_PROCESSING, shipped],
    out_for_delivery: [placed(), ...TO_PROCESSING, outForDelivery],
    partially_delivered: [placed(), ...TO_PROCESSING, oneShipped(1), oneShipped(2), shipmentDelivered()],
    delivered: toTheDoor,
    undelivered: [placed(), ...TO_PROCESSING, shipped, shipmentLost('refund')],
    return_requested: [...toTheDoor, oneToReturn],
    partially_returned: [...toTheDoor, oneToReturn, oneSettled, returnClosed('r-1', 'refunded')],
    returned: [...toTheDoor, closedBooks, closingCredit(PLACED_TOTAL)],
    cancelled: [placed(), cancelled],
  };
  return paths[status];
};
