import type {
  OrderCancelled,
  OrderConfirmed,
  OrderDelivered,
  OrderEvent,
  OrderOutForDelivery,
  OrderProcessingStarted,
  OrderShipped,
  OrderStatus,
} from '../../src/domain/order/index.ts';
import { pricedMug } from './order-commands.ts';
import { orderPlaced } from './orders.ts';

export const placed = (changes: Parameters<typeof orderPlaced>[0] = {}) =>
  orderPlaced({ lines: [pricedMug()], ...changes });
export const confirmed: OrderConfirmed = { type: 'OrderConfirmed', data: {} };
export const started: OrderProcessingStarted = { type: 'OrderProcessingStarted', data: {} };
export const shipped: OrderShipped = { type: 'OrderShipped', data: { carrier: null, tracking_number: null } };
export const outForDelivery: OrderOutForDelivery = { type: 'OrderOutForDelivery', data: {} };
export const delivered: OrderDelivered = { type: 'OrderDelivered', data: {} };
export const cancelled: OrderCancelled = { type: 'OrderCancelled', data: { reason_category: null } };
export const assigned = (delivery_partner_id = 'd-1'): OrderEvent => ({
  type: 'DeliveryPartnerAssigned',
  data: { delivery_partner_id },
});

const TO_PROCESSING = [confirmed, started];

/** What happened to an order that is now in a status; for those that need no return. */
export const pathTo = (status: OrderStatus): readonly OrderEvent[] => {
  const paths: Readonly<Partial<Record<OrderStatus, readonly OrderEvent[]>>> = {
    scheduled: [placed({ scheduled_for: '2026-03-02T12:00:00.000Z' })],
    confirmed: [placed(), confirmed],
    processing: [placed(), ...TO_PROCESSING],
    shipped: [placed(), ...TO_PROCESSING, shipped],
    out_for_delivery: [placed(), ...TO_PROCESSING, outForDelivery],
    delivered: [placed(), ...TO_PROCESSING, shipped, delivered],
    returned: [placed(), ...TO_PROCESSING, shipped, delivered, { type: 'OrderReturned', data: {} }],
    cancelled: [placed(), cancelled],
  };
  return paths[status] ?? [placed()];
};
