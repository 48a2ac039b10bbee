import type { Knex } from 'knex';
import type { DataKeys } from '../../platform/data-keys.ts';
import { seal, unseal } from '../../platform/seal.ts';

type Row = { readonly payment_id: string; readonly key_id: string; readonly sealed: Buffer };

/** Payment tokens in PostgreSQL, sealed under the customer's data key and bound to their payment. */
export const openPaymentTokens = (db: Knex, keys: DataKeys) => ({
  keep: async ({
    payment_id,
    customer_id,
    token,
  }: {
    readonly payment_id: string;
    readonly customer_id: string;
    readonly token: string;
  }): Promise<void> => {
    const { id: key_id, key } = await keys.forSubject(customer_id);
    const sealed = seal(key, Buffer.from(token), payment_id);
    await db<Row>('payment_tokens').insert({ payment_id, key_id, sealed }).onConflict('payment_id').ignore();
  },
  open: async (payment_id: string): Promise<string | null> => {
    const row = await db<Row>('payment_tokens').where({ payment_id }).first();
    if (row === undefined) return null;
    const key = (await keys.byId([row.key_id])).get(row.key_id);
    return key === undefined ? null : unseal(key.key, row.sealed, payment_id).toString();
  },
  forget: async (payment_id: string): Promise<void> => {
    await db<Row>('payment_tokens').where({ payment_id }).delete();
  },
});
