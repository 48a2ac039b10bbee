/**
 * What Waybill is measured against: orders in two tables behind koa, each request the least that a plain service would
 * do. No caller is authenticated, nothing is checked, nothing is remembered but the last state.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa, { type Context } from 'koa';
import { Pool, type PoolClient } from 'pg';
import { answerLoad } from '../support/load.ts';

export type FloorOptions = { readonly url: string };
export type FloorAddress = { readonly url: string };

type Item = { readonly product_id: string; readonly product_name: string; unit_price: number; quantity: number };
type NewOrder = { readonly customer_id: string; readonly customer_email: string; readonly items: readonly Item[] } & {
  readonly shipping_address: object;
};
type Handle = (context: Context) => Promise<object>;

const CONNECTIONS = 20;

const TABLES = `
  create table if not exists plain_orders (
    id bigserial primary key, customer_id text not null, customer_email text not null, status text not null,
    total numeric(18, 2) not null, shipping_address jsonb, created_at timestamptz not null default now(),
    updated_at timestamptz not null default now());
  create index if not exists plain_orders_customer on plain_orders (customer_id, created_at);
  create table if not exists plain_order_items (
    id bigserial primary key, order_id bigint not null references plain_orders, product_id text not null,
    product_name text not null, unit_price numeric(18, 2) not null, quantity integer not null);
  create index if not exists plain_order_items_order on plain_order_items (order_id)`;

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
};

const inTransaction = async (pool: Pool, work: (client: PoolClient) => Promise<object>): Promise<object> => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    client.release();
  }
};

const place =
  (pool: Pool): Handle =>
  async ({ req }) => {
    const order = (await readJson(req)) as NewOrder;
    const total = order.items.reduce((sum, { unit_price, quantity }) => sum + unit_price * quantity, 0);
    return inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `insert into plain_orders (customer_id, customer_email, status, total, shipping_address)
         values ($1, $2, 'pending', $3, $4) returning *`,
        [order.customer_id, order.customer_email, total, order.shipping_address],
      );
      const [placed] = rows;
      const items = await client.query(
        `insert into plain_order_items (order_id, product_id, product_name, unit_price, quantity)
         values ${order.items.map((_, n) => `($1, $${n * 4 + 2}, $${n * 4 + 3}, $${n * 4 + 4}, $${n * 4 + 5})`).join()}
         returning *`,
        [placed?.id, ...order.items.flatMap((i) => [i.product_id, i.product_name, i.unit_price, i.quantity])],
      );
      return { ...placed, items: items.rows };
    });
  };

const ORDER = 'select * from plain_orders where id = $1';
const ITEMS = 'select * from plain_order_items where order_id = $1';
const idOf = ({ path }: Context): string => path.split('/')[2] ?? '';

const changeState =
  (pool: Pool): Handle =>
  async (context) => {
    const { action } = (await readJson(context.req)) as { action: string };
    return inTransaction(pool, async (client) => {
      await client.query(`${ORDER} for update`, [idOf(context)]);
      const changed = await client.query<object>(
        'update plain_orders set status = $2, updated_at = now() where id = $1 returning *',
        [idOf(context), action],
      );
      return { ...changed.rows[0] };
    });
  };

const read =
  (pool: Pool): Handle =>
  async (context) => {
    const id = idOf(context);
    const [order, items] = await Promise.all([pool.query<object>(ORDER, [id]), pool.query<object>(ITEMS, [id])]);
    return { ...order.rows[0], items: items.rows };
  };

answerLoad(async ({ url }: FloorOptions): Promise<FloorAddress> => {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS, idleTimeoutMillis: 0 });
  await pool.query(TABLES);
  const handlers = { place: place(pool), changeState: changeState(pool), read: read(pool) };
  const koa = new Koa();
  koa.use(async (context) => {
    const { method, path } = context;
    const handle = method === 'GET' ? handlers.read : path === '/orders' ? handlers.place : handlers.changeState;
    context.body = await handle(context);
    context.status = path === '/orders' ? 201 : 200;
  });
  const serve = koa.callback();
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }; // it listens on TCP
});
