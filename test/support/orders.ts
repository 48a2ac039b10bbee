import { randomUUID } from 'node:crypto';
import type { OrderPlaced, OrderPersonal } from '../../src/domain/order/vocabulary/events.ts';
import type { EventContext } from '../../src/event-store/codec.ts';

export const personalOf = (name: string): OrderPersonal => ({
  customer_email: 'meera@shop.example',
  customer_name: name,
  shipping_address: { street: 'Οδός Ερμού 1', city: 'Αθήνα' },
  billing_address: null,
  notes: null,
  meta_data: { gift: true },
  latitude: null,
  longitude: null,
  line_meta_data: {},
});

/** A small order of one line, for tests that need some event rather than a particular one. */
export const orderPlaced = (changes: Partial<OrderPlaced['data']> = {}): OrderPlaced => ({
  type: 'OrderPlaced',
  data: {
    order_number: 'ORD-2026-000001',
    customer_id: 'c-1',
    currency: 'EUR',
    tax_rate: '0.1',
    shipping_cost: 500,
    payment_method: null,
    scheduled_for: null,
    estimated_delivery_at: null,
    lines: [
      {
        id: randomUUID(),
        product_id: 'p-1',
        product_name: 'Mug',
        product_sku: 'MUG',
        product_description: null,
        unit_price: 1299,
        quantity: 2,
        discount: 0,
        tax: 260,
      },
    ],
    personal: personalOf('मीरा'),
    ...changes,
  },
});

export const context = (changes: Partial<EventContext> = {}): EventContext => ({
  command_id: randomUUID(),
  actor: { id: 'admin', role: 'admin' },
  correlation_id: 'request-1',
  causation_id: 'request-1',
  at: '2026-03-01T12:00:00.000Z',
  ...changes,
});
