import type { OrderStatus } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';

/** All given must hold. */
export type OrderFilters = {
  readonly customer_id?: string;
  /** Any of these. */
  readonly status?: readonly OrderStatus[];
  /** Inclusive. */
  readonly created_from?: Instant;
  /** Inclusive. */
  readonly created_to?: Instant;
  readonly delivery_partner_id?: string;
  /** Decimal string, major units, inclusive. */
  readonly min_total?: string;
  /** Decimal string, major units, inclusive. */
  readonly max_total?: string;
};

export type Condition = { readonly sql: string; readonly bindings: readonly (string | number | string[])[] };

/** `status` is compared by `=` when there is one: an index then keeps its order. */
const statusIs = (status: readonly string[]): Condition =>
  status.length === 1
    ? { sql: 'status = ?', bindings: [...status] }
    : { sql: 'status = any(?::text[])', bindings: [[...status]] };

const SQL: { readonly [F in Exclude<keyof OrderFilters, 'status'>]: string } = {
  customer_id: 'customer_id = ?',
  created_from: 'created_at >= ?::timestamptz',
  created_to: 'created_at <= ?::timestamptz',
  delivery_partner_id: 'delivery_partner_id = ?',
  min_total: 'total >= ?::numeric',
  max_total: 'total <= ?::numeric',
};

export const conditionsOf = ({ status = [], ...filters }: OrderFilters): readonly Condition[] => {
  const conditions = status.length === 0 ? [] : [statusIs(status)];
  for (const name of Object.keys(SQL) as (keyof typeof SQL)[]) {
    const value = filters[name];
    if (value !== undefined) conditions.push({ sql: SQL[name], bindings: [value] });
  }
  return conditions;
};

export const whereSql = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0
    ? { sql: '', bindings: [] }
    : {
        sql: `where ${conditions.map(({ sql }) => sql).join(' and ')}`,
        bindings: conditions.flatMap(({ bindings }) => bindings),
      };
