import type { HttpLoad } from '../load/http.ts';
import type { Waybill } from './waybill.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { openPostgresEventStore } from '../../src/event-store/postgres/index.ts';
import { streamId } from '../../src/event-store/stream-names.ts';
import { openDataKeys } from '../../src/platform/data-keys.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { encodeOrder } from './order-log.ts';

const AT_ONCE = 64;

type Seed = {
  readonly url: string;
  /** Where the events go. Default: PostgreSQL at the same URL. */
  readonly store?: EventStore;
  /** The master key of the Waybill that will read them. */
  readonly masterKey: Uint8Array;
  readonly orders: number;
  /** Events of each: 1 is placed, 2 confirmed, 3 processing, 4 shipped, 5 delivered. */
  readonly events: number;
};

/** Appends orders as commands would have left them, faster than HTTP. Answers their ids. */
export const seedOrders = async ({
  url,
  store: given,
  masterKey,
  orders,
  events,
}: Seed): Promise<readonly string[]> => {
  const db = openDatabase({ url });
  const store = given ?? openPostgresEventStore({ url });
  const codec = createCodec(openDataKeys({ db, masterKey }));
  const ids: string[] = [];
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < orders) {
      const { stream, events: all } = await encodeOrder(codec, next++, new Date().toISOString());
      await store.append(stream, all.slice(0, events), 'no_stream');
      ids.push(streamId(stream));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, write));
  if (given === undefined) await store.close();
  await db.destroy();
  return ids;
};

/** An order of two items, by one customer of many. */
export const newOrder = (customer: number) => ({
  customer_id: `c-${customer}`,
  customer_email: `c-${customer}@customer.example`,
  currency: 'EUR',
  items: [
    { product_id: 'p-mug', product_name: 'Enamel mug, blue', unit_price: 12.95, quantity: 2 },
    { product_id: 'p-apron', product_name: 'Linen apron', unit_price: 24.5, quantity: 1 },
  ],
  shipping_address: { recipient_name: 'Eleni', street: 'Ermou 12', city: 'Athens', zip_code: '10563', country: 'GR' },
});

const CUSTOMERS = 640;
const customers = Array.from({ length: CUSTOMERS }, (_, n) => n);

/** Every customer places an order, with a token of their own. */
export const placingAtWaybill = ({ url, token }: Waybill): Promise<HttpLoad['requests']> =>
  Promise.all(
    customers.map(async (n) => ({
      method: 'POST' as const,
      url: `${url}/orders`,
      body: newOrder(n),
      token: await token({ role: 'customer', sub: `c-${n}`, email: `c-${n}@customer.example`, name: 'Eleni' }),
    })),
  );

export const placingAtFloor = (url: string): HttpLoad['requests'] =>
  customers.map((n) => ({ method: 'POST', url: `${url}/orders`, body: newOrder(n) }));
