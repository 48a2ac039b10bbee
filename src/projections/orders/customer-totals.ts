import type { Knex } from 'knex';

export type CustomerTotals = {
  /** All of them. */
  readonly order_count: number;
  /** What those in this currency are worth, in major units: their totals less what was credited; 0 where cancelled. */
  readonly total_value: number;
  readonly last_order_at: string | null;
};

type Row = { readonly orders: string; readonly value: string; readonly last: Date | null };

/** What a customer has ordered so far. */
export const customerTotals = async (db: Knex, customerId: string, currency: string): Promise<CustomerTotals> => {
  const { rows } = await db.raw<{ rows: readonly Row[] }>(
    `select count(*) as orders, max(created_at) as last,
       coalesce(sum(owed) filter (where state->>'currency' = ?), 0) as value
     from order_list where customer_id = ?`,
    [currency, customerId],
  );
  const [row] = rows;
  return {
    order_count: Number(row?.orders ?? 0),
    total_value: Number(row?.value ?? 0),
    last_order_at: row?.last?.toISOString() ?? null,
  };
};
