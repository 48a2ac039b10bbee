import { Type, type Static } from '@sinclair/typebox';
import type { WantedLine } from '../domain/catalogue/index.ts';
import type { Carts } from './ports.ts';
import { parseAmount } from '../domain/shared/amount-notation.ts';
import type { Currency } from '../domain/shared/money.ts';
import { ServiceUnavailable, clip, expectOk, type HttpService } from '../gateways/http/index.ts';
import type { Knex } from 'knex';

const item = Type.Object({
  product_id: Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Integer()]),
  quantity: Type.Integer({ minimum: 1 }),
  product_name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  unit_price: Type.Optional(Type.Union([Type.Number(), Type.String(), Type.Null()])),
});
const items = Type.Array(item);
/** Bare, or in an object: both are in use. */
const cart = Type.Union([items, Type.Object({ items })]);

const toLine = (name: string, currency: Currency, line: Static<typeof item>): WantedLine => {
  const { unit_price = null } = line;
  const price = unit_price === null ? { minor: null } : parseAmount(unit_price, currency);
  if (!('minor' in price)) throw new ServiceUnavailable(name, 'answered without a readable price');
  return {
    product_id: String(line.product_id),
    quantity: line.quantity,
    product_name: clip(line.product_name, 200),
    unit_price: price.minor,
  };
};

/** The merchant's cart service: `GET /api/v1/cart/{user_id}`, `DELETE /api/v1/cart/{user_id}/clear`. */
export const createHttpCarts = (
  service: HttpService,
  { currency }: { /** Of prices in a cart. */ readonly currency: Currency },
): Carts => ({
  read: async (customerId, trace) => {
    const answer = await service.ask({ method: 'GET', path: ['api', 'v1', 'cart', customerId], trace, answer: cart });
    if (!answer.ok && answer.status === 404) return [];
    const body = expectOk(service, answer);
    return ('items' in body ? body.items : body).map((line) => toLine(service.name, currency, line));
  },
  clear: async (customerId, { key, trace }) => {
    const path = ['api', 'v1', 'cart', customerId, 'clear'];
    const answer = await service.ask({ method: 'DELETE', path, idempotencyKey: key, trace });
    if (!answer.ok && answer.status === 404) return;
    expectOk(service, answer);
  },
});

type Row = { readonly customer_id: string; readonly product_id: string; readonly quantity: number };

/** Empties the cart unless this key has emptied it before. */
const CLEAR = `
  with first as (insert into local_cart_clearings (key) values (:key) on conflict do nothing returning key)
  delete from local_carts where customer_id = :customer_id and exists (select 1 from first)`;

/** The contents of a local cart, oldest first. */
export const readLocalCart = (db: Knex, customer_id: string): Promise<readonly Omit<Row, 'customer_id'>[]> =>
  db<Row>('local_carts').where({ customer_id }).orderBy(['added_at', 'product_id']).select('product_id', 'quantity');

/** Local carts, in PostgreSQL, for a merchant without a cart service. */
export const createLocalCarts = (db: Knex): Carts => ({
  read: async (customer_id) => {
    const rows = await readLocalCart(db, customer_id);
    return rows.map(({ product_id, quantity }) => ({ product_id, quantity, product_name: null, unit_price: null }));
  },
  clear: async (customer_id, { key }) => {
    await db.raw(CLEAR, { customer_id, key });
  },
});
