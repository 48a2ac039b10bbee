import type { Knex } from 'knex';
import type { Currency } from '../../domain/shared/money.ts';
import type { Fact } from '../../domain/shared/decider.ts';
import type { StoreCreditEvent } from '../../domain/store-credit/index.ts';
import { streamId } from '../../event-store/stream-names.ts';
import { projection } from '../engine/index.ts';

/** In which currencies a customer has a balance: the balance itself is folded from its stream. */
export type StoreCreditRow = { readonly id: string; readonly customer_id: string; readonly currency: Currency };

export const storeCreditBalances = projection<StoreCreditRow>({
  name: 'store_credit',
  version: 1,
  prefixes: ['store_credit-'],
  personal: false,
  table: 'store_credit',
  key: 'id',
  columns: { id: 'uuid', customer_id: 'text', currency: 'text' },
  evolve: (row, { stream, fact }) => {
    if (row !== undefined) return row;
    // Store credit streams hold nothing else.
    const { customer_id, currency } = (fact as Fact<StoreCreditEvent>).data;
    return { id: streamId(stream), customer_id, currency };
  },
});

/** The ids of a customer's balances, by currency. */
export const findStoreCreditIds = async (db: Knex, customer_id: string): Promise<readonly string[]> => {
  const rows = await db<StoreCreditRow>('store_credit').where({ customer_id }).orderBy('currency').select('id');
  return rows.map(({ id }) => id);
};
