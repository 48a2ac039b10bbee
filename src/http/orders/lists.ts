import type { Static } from '@sinclair/typebox';
import { isDeliveryOver, ORDER_STATUSES, type OrderStatus, orderStatusOf } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import type { Page } from '../../projections/list/index.ts';
import type { ListedOrder, OrderFilters } from '../../projections/orders/index.ts';
import { isStaff, type Caller } from '../server/caller.ts';
import { mapInSlices } from '../../platform/map-in-slices.ts';
import { readSpan } from '../server/schemas/business-days.ts';
import type { listOrdersQuery, orderFilterQuery } from './request-schemas.ts';
import { cursorsOf, pageHeaders, readPaging } from '../server/paging.ts';
import type { Reply } from '../server/route.ts';
import { orderBody, type OrderBody } from './body.ts';
import type { OrderDeps } from './deps.ts';
import { pickedFields } from './picked-fields.ts';

export type FilterQuery = Static<typeof orderFilterQuery>;

/** Undefined: the caller may see none of what is asked for. */
export const filtersOf = (query: FilterQuery, { id, role }: Caller, timeZone: string): OrderFilters | undefined => {
  const { created_from, created_to, min_total, max_total, payment_status, refund_status, needs, held } = query;
  const partner = query.delivery_partner_id === 'me' ? id : query.delivery_partner_id;
  const customer_id = role === 'customer' ? id : query.customer_id;
  const delivery_partner_id = role === 'delivery_partner' ? id : partner;
  if (query.customer_id !== undefined && query.customer_id !== customer_id) return undefined;
  if (partner !== undefined && partner !== delivery_partner_id) return undefined;
  if (role === 'customer' && partner !== undefined) return undefined;
  // To others no order is shown as held.
  if (held === 'true' && !isStaff({ role })) return undefined;
  const asked = query.status === undefined ? undefined : statusesOf(query.status);
  const status = role === 'delivery_partner' ? (asked ?? ORDER_STATUSES).filter((one) => !isDeliveryOver(one)) : asked;
  if (status?.length === 0) return undefined;
  const { from, to } = readSpan({ from: created_from, to: created_to }, timeZone);
  return {
    ...(customer_id !== undefined && { customer_id }),
    ...(delivery_partner_id !== undefined && { delivery_partner_id }),
    ...(status !== undefined && { status }),
    ...(payment_status !== undefined && { payment_status }),
    ...(refund_status !== undefined && { refund_status }),
    ...(needs !== undefined && { needs }),
    ...(held !== undefined && isStaff({ role }) && { held }),
    ...(from !== undefined && { created_from: from }),
    ...(to !== undefined && { created_to: to }),
    ...(min_total !== undefined && { min_total }),
    ...(max_total !== undefined && { max_total }),
  };
};

const statusesOf = (words: readonly string[]): readonly OrderStatus[] =>
  words.flatMap((word) => orderStatusOf(word) ?? []);

export const NONE: Page<ListedOrder> = {
  rows: [],
  total: { count: 0, exact: true },
  next: undefined,
  previous: undefined,
};

type Asked = {
  readonly caller: Caller;
  readonly path: string;
  readonly search: string;
  readonly query: { readonly fields?: readonly string[] | undefined };
};

export type ListInput = Asked & { readonly query: Static<typeof listOrdersQuery> };

/** What it takes to say what orders are. */
export type Bodies = Pick<OrderDeps, 'findDocuments' | 'settings'>;

/** Orders as this caller may see them. Documents are looked for only where there can be one. */
export const bodiesOf = async (
  deps: Bodies,
  orders: readonly Pick<ListedOrder, 'id' | 'state'>[],
  caller: Caller,
  { withDocuments = true, at }: { readonly withDocuments?: boolean; readonly at?: Instant | undefined } = {},
): Promise<readonly OrderBody[]> => {
  const named = orders.map(({ id, state }) => ({ id, order: state }));
  const shipped = named.filter(({ order }) => withDocuments && order.shipped_at !== null);
  const documents = shipped.length === 0 ? undefined : await deps.findDocuments(shipped, at);
  return mapInSlices(named, ({ id, order }) =>
    orderBody({ id, order, documents: documents?.get(id) ?? [] }, caller, deps.settings),
  );
};

/** A page of orders with its headers. `at`: with the documents that there were then. */
export const pageReply = async (
  deps: Bodies,
  { rows, ...page }: Page<ListedOrder>,
  { caller, path, search, query }: Asked,
  at?: Instant,
): Promise<Reply> => {
  const { has, pick } = pickedFields(query.fields);
  const bodies = await bodiesOf(deps, rows, caller, { withDocuments: has('documents'), at });
  return { status: 200, headers: pageHeaders({ path, search, ...page }), body: bodies.map(pick) };
};

/** A page of what this caller may see of what is asked for. */
export const listReply = async (deps: OrderDeps, input: ListInput): Promise<Reply> => {
  const { query, caller } = input;
  const filters = filtersOf(query, caller, deps.businessTimeZone);
  const paging = readPaging(query, cursorsOf(deps.decodeCursor, 'order_list', query.sort));
  const sort = query.sort;
  const page =
    filters === undefined ? NONE : await deps.list({ filters, ...paging, ...(sort !== undefined && { sort }) });
  return pageReply(deps, page, input);
};
