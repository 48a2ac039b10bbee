import type { Knex } from 'knex';
import { COUNTERS_OF } from '../engine/index.ts';

/** Names under which a projection counts its rows, so that the most frequent totals need no counting. */
export const ALL = 'all';
export const ofCustomer = (id: string): string => `customer:${id}`;
/** Rows that a filter finds by this value. */
export const counterOf = (filter: string, value: string): string => `${filter}:${value}`;

type Counted = { readonly customer_id: string; readonly status: string };

export const countersOf = ({ customer_id, status }: Counted): readonly string[] => [
  ALL,
  ofCustomer(customer_id),
  counterOf('status', status),
];

export const sumCounters = async (db: Knex, projection: string, names: readonly string[]): Promise<number> => {
  const { rows } = await db.raw<{ rows: readonly { total: string }[] }>(
    `select coalesce(sum(value), 0) as total from projection_counters
     where projection = ${COUNTERS_OF} and name = any(?::text[])`,
    [projection, [...names]],
  );
  return Number(rows[0]?.total ?? 0);
};
