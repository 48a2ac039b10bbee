import type { Static } from '@sinclair/typebox';
import { orderStatusOf, type OrderStatus } from '../../domain/order/index.ts';
import type { OrderFilters } from '../../projections/orders/index.ts';
import type { Caller } from '../server/caller.ts';
import { readQueryInstant } from '../server/schemas/fields.ts';
import type { orderFilterQuery } from './query-schema.ts';

export type FilterQuery = Static<typeof orderFilterQuery>;

/** Undefined: the caller may see none of what is asked for. */
export const filtersOf = (query: FilterQuery, { id, role }: Caller): OrderFilters | undefined => {
  const { created_from, created_to, min_total, max_total } = query;
  const partner = query.delivery_partner_id === 'me' ? id : query.delivery_partner_id;
  const customer_id = role === 'customer' ? id : query.customer_id;
  const delivery_partner_id = role === 'delivery_partner' ? id : partner;
  if (query.customer_id !== undefined && query.customer_id !== customer_id) return undefined;
  if (partner !== undefined && partner !== delivery_partner_id) return undefined;
  if (role === 'customer' && partner !== undefined) return undefined;
  const from = created_from === undefined ? undefined : readQueryInstant(created_from);
  const to = created_to === undefined ? undefined : readQueryInstant(created_to);
  return {
    ...(customer_id !== undefined && { customer_id }),
    ...(delivery_partner_id !== undefined && { delivery_partner_id }),
    ...(query.status !== undefined && { status: statusesOf(query.status) }),
    ...(from !== undefined && { created_from: from }),
    ...(to !== undefined && { created_to: to }),
    ...(min_total !== undefined && { min_total }),
    ...(max_total !== undefined && { max_total }),
  };
};

const statusesOf = (words: readonly string[]): readonly OrderStatus[] =>
  words.flatMap((word) => orderStatusOf(word) ?? []);
