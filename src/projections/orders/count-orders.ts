import type { Knex } from 'knex';
import { conditionsOf, whereSql, type OrderFilters } from './order-filters.ts';
import { ALL_ORDERS, orderList, ordersInStatus, ordersOfCustomer } from './order-list.ts';

/** How many there are; when not `exact`, at least so many. */
export type Total = { readonly count: number; readonly exact: boolean };

export const COUNTED_TO = 10_000;

/** The kept counters whose sum is the answer; `undefined` when rows must be counted. */
const countersFor = (filters: OrderFilters): readonly string[] | undefined => {
  const { customer_id, status = [] } = filters;
  const given = conditionsOf(filters).length;
  if (given === 0) return [ALL_ORDERS];
  if (given > 1) return undefined;
  if (customer_id !== undefined) return [ordersOfCustomer(customer_id)];
  return status.length > 0 ? [...new Set(status)].map(ordersInStatus) : undefined;
};

const sumOf = async (db: Knex, counters: readonly string[]): Promise<number> => {
  const rows = await db<{ value: string }>('projection_counters')
    .where('projection', orderList.name)
    .whereIn('name', [...counters])
    .select('value');
  return rows.reduce((sum, { value }) => sum + Number(value), 0);
};

/** Exact where a counter is kept, else up to `COUNTED_TO`, unless the exact number is asked and paid for. */
export const countOrders = async (db: Knex, filters: OrderFilters, exact = false): Promise<Total> => {
  const counters = countersFor(filters);
  if (counters !== undefined) return { count: await sumOf(db, counters), exact: true };
  const { sql, bindings } = whereSql(conditionsOf(filters));
  const { rows } = await db.raw<{ rows: readonly { count: string }[] }>(
    `select count(*) from (select from order_list ${sql} limit ?) counted`,
    // A limit of null is none.
    [...bindings, exact ? null : COUNTED_TO + 1] as (string | number)[],
  );
  const count = Number(rows[0]?.count ?? 0);
  return !exact && count > COUNTED_TO ? { count: COUNTED_TO, exact: false } : { count, exact: true };
};
