import { randomBytes, randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/event-store/port.ts';

/** About 600 bytes as stored, shaped like what the codec makes. */
export const newEvent = (): NewEvent => ({
  id: randomUUID(),
  type: 'OrderItemsModified',
  data: {
    order_id: randomUUID(),
    items: [
      { item_id: randomUUID(), sku: 'MUG-BLUE-350', quantity: 2, unit_price: 1299 },
      { item_id: randomUUID(), sku: 'TEE-L-BLACK', quantity: 1, unit_price: 2450 },
    ],
    currency: 'EUR',
    total: 5048,
  },
  metadata: {
    actor: { id: 'customer-1', role: 'customer' },
    correlation_id: randomUUID(),
    causation_id: randomUUID(),
    recorded_at: '2026-03-01T12:00:00.000Z',
    schema_version: 1,
    hash: randomBytes(32).toString('hex'),
  },
});
