import type { Knex } from 'knex';
import type { Carts } from '../ports.ts';

type Row = { readonly customer_id: string; readonly product_id: string; readonly quantity: number };

/** Empties the cart unless this key has emptied it before. */
const CLEAR = `
  with first as (insert into local_cart_clearings (key) values (:key) on conflict do nothing returning key)
  delete from local_carts where customer_id = :customer_id and exists (select 1 from first)`;

/** Local carts, in PostgreSQL, for a merchant without a cart service. */
export const createLocalCarts = (db: Knex): Carts => ({
  read: async (customer_id) => {
    const rows = await db<Row>('local_carts').where({ customer_id }).orderBy(['added_at', 'product_id']);
    return rows.map(({ product_id, quantity }) => ({ product_id, quantity, product_name: null, unit_price: null }));
  },
  clear: async (customer_id, { key }) => {
    await db.raw(CLEAR, { customer_id, key });
  },
});
