import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

type Row = {
  readonly customer_id: string;
  readonly cart: Buffer;
  readonly command_id: string;
  readonly order_id: string;
  readonly claimed_at: Date;
};
type Claim = {
  readonly customer_id: string;
  readonly cart: string;
  readonly command_id: string;
  readonly order_id: string;
};

/** Longer than any request may take. */
const ABANDONED_SECONDS = 60;

const hash = (cart: string): Buffer => createHash('sha256').update(cart).digest();

/** Inserts the claim or returns the existing one, in one statement, so that the row cannot vanish in between. */
const CLAIM = `
  insert into checkouts (customer_id, cart, command_id, order_id)
  values (:customer_id, :cart, :command_id, :order_id)
  on conflict (customer_id) do update set customer_id = excluded.customer_id
  returning cart, command_id`;

/** Claims on carts, in PostgreSQL: one row a customer. */
export const openCheckoutClaims = (db: Knex) => {
  return {
    claim: async ({ cart, ...claim }: Claim) => {
      const mine = hash(cart);
      const { rows } = await db.raw<{ rows: Row[] }>(CLAIM, { ...claim, cart: mine });
      const [row] = rows;
      if (row === undefined) throw new Error('the claim returned no row');
      return { command_id: row.command_id, cart_is_same: row.cart.equals(mine) };
    },
    takeOver: async ({ customer_id, cart, command_id, order_id }: Claim, from: string): Promise<boolean> => {
      const taken = await db<Row>('checkouts')
        .where({ customer_id, command_id: from })
        .whereRaw(`claimed_at < now() - make_interval(secs => ?)`, [ABANDONED_SECONDS])
        .update({ cart: hash(cart), command_id, order_id, claimed_at: db.fn.now() });
      return taken > 0;
    },
    end: async ({ customer_id, order_id }: Pick<Claim, 'customer_id' | 'order_id'>): Promise<void> => {
      await db<Row>('checkouts').where({ customer_id, order_id }).delete();
    },
  };
};
