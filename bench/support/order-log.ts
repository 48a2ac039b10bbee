import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import type { DomainEvent } from '../../src/domain/events.ts';
import { createCodec, type Codec } from '../../src/event-store/codec.ts';
import type { NewEvent } from '../../src/event-store/port.ts';
import { orderStream } from '../../src/event-store/stream-names.ts';
import { openDataKeys } from '../../src/platform/data-keys.ts';

export const EVENTS_AN_ORDER = 5;
const CUSTOMERS = 1_000;
const STATUSES: readonly DomainEvent[] = [
  { type: 'OrderConfirmed', data: {} },
  { type: 'OrderProcessingStarted', data: {} },
  {
    type: 'OrderShipped',
    data: {
      shipment_id: '0190d2a4-7c3e-5d11-9b8e-1f2a3b4c5d6e',
      carrier: 'DHL',
      tracking_number: 'JD014600003',
      invoice: { amount: 3358 },
    },
  },
  { type: 'OrderDelivered', data: {} },
];

const line = (product: string, unit_price: number) => ({
  id: uuidv7(),
  product_id: product,
  product_name: 'Enamel mug, blue',
  product_sku: 'MUG-BLUE-350',
  product_description: null,
  unit_price,
  quantity: 2,
  discount: 0,
  tax: unit_price / 5,
});

const placed = (n: number): DomainEvent => ({
  type: 'OrderPlaced',
  data: {
    order_number: `ORD-2025-${String(n).padStart(6, '0')}`,
    customer_id: `c-${n % CUSTOMERS}`,
    currency: 'EUR',
    tax_rate: '0.1',
    shipping_cost: 500,
    payment_method: null,
    scheduled_for: null,
    estimated_delivery_at: null,
    lines: [line('p-1', 1_295), line('p-2', (1 + (n % 900)) * 100)],
    personal: {
      customer_email: 'meera@shop.example',
      customer_name: 'मीरा शर्मा',
      shipping_address: { recipient_name: 'Meera', street: 'Οδός Ερμού 1', city: 'Αθήνα', zip_code: '105 63' },
      billing_address: null,
      notes: null,
      meta_data: null,
      latitude: null,
      longitude: null,
      line_meta_data: {},
    },
  },
});

type StoredRow = NewEvent & { readonly stream: string; readonly revision: number };

/** The events of one order from placing to delivery, as the codec stores them. */
export const encodeOrder = async (codec: Codec, n: number, at: string) => {
  const stream = orderStream(uuidv7());
  const encoded = await codec.encode({
    stream,
    events: [placed(n), ...STATUSES],
    context: {
      command_id: uuidv7(),
      actor: { id: 'admin', role: 'admin' },
      correlation_id: 'bench',
      causation_id: 'bench',
      at,
    },
    revision: 0n,
    previousHash: null,
    customerId: `c-${n % CUSTOMERS}`,
  });
  return { stream, events: encoded.map(({ stored }) => stored) };
};

/** Orders whose events lie close together in the log, and as many as `openAtOnce` between each other's. */
export type LogShape = { readonly orders: number; readonly openAtOnce: number };

/** Fills the log with orders as the commands would have left them, only faster: sealed, chained, in position order. */
export const fillLog = async (
  db: Knex,
  { orders, openAtOnce }: LogShape,
  masterKey: Uint8Array = randomBytes(32),
): Promise<Codec> => {
  const codec = createCodec(openDataKeys({ db, masterKey }));
  let position = 0;
  const write = async (rows: readonly StoredRow[]): Promise<void> => {
    const events = rows.map(({ id, type, stream, revision, texts }) => ({
      ...{ id, type, stream, revision, ...texts },
      position: ++position,
    }));
    await db.raw(
      `insert into events (position, stream, revision, id, type, data, metadata)
       select position, stream, revision, id, type, data::json, metadata::json from json_to_recordset(?::json) as e
         (position bigint, stream text, revision bigint, id uuid, type text, data text, metadata text)`,
      [JSON.stringify(events)],
    );
  };
  for (let start = 0; start < orders; start += openAtOnce) {
    const group: (readonly StoredRow[])[] = [];
    for (let n = start; n < Math.min(orders, start + openAtOnce); n++) {
      const { stream, events } = await encodeOrder(codec, n, new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString());
      group.push(events.map((event, revision) => ({ ...event, stream, revision })));
    }
    for (let revision = 0; revision < EVENTS_AN_ORDER; revision++)
      for (let first = 0; first < group.length; first += 2_000)
        await write(group.slice(first, first + 2_000).flatMap((events) => events.slice(revision, revision + 1)));
  }
  await db.raw('analyze events');
  return codec;
};
