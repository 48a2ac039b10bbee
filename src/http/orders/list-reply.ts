import type { Static } from '@sinclair/typebox';
import type { Page } from '../../projections/list/index.ts';
import type { ListedOrder } from '../../projections/orders/index.ts';
import type { Caller } from '../server/caller.ts';
import { cursorsOf, pageHeaders, readPaging } from '../server/paging.ts';
import type { Reply } from '../server/route.ts';
import type { listOrdersQuery } from './query-schema.ts';
import { filtersOf } from './list-filters.ts';
import { orderBody, type OrderBody } from './order-body.ts';
import type { OrderDeps } from './order-deps.ts';

const NONE: Page<ListedOrder> = { rows: [], total: { count: 0, exact: true }, next: undefined, previous: undefined };

type Asked = { readonly caller: Caller; readonly path: string; readonly search: string };

type ListInput = Asked & { readonly query: Static<typeof listOrdersQuery> };

/** What it takes to say what orders are. */
export type Bodies = Pick<OrderDeps, 'findDocuments' | 'policy'>;

/** Orders as this caller may see them. Documents are looked for only where there can be one. */
export const bodiesOf = async (
  deps: Bodies,
  orders: readonly Pick<ListedOrder, 'id' | 'state'>[],
  caller: Caller,
): Promise<readonly OrderBody[]> => {
  const named = orders.map(({ id, state }) => ({ id, order: state }));
  const shipped = named.filter(({ order }) => order.shipped_at !== null);
  const documents = shipped.length === 0 ? undefined : await deps.findDocuments(shipped);
  return named.map(({ id, order }) =>
    orderBody({ id, order, documents: documents?.get(id) ?? [] }, caller, deps.policy),
  );
};

/** A page of orders with its headers. */
export const pageReply = async (
  deps: Bodies,
  { rows, ...page }: Page<ListedOrder>,
  { caller, path, search }: Asked,
): Promise<Reply> => ({
  status: 200,
  headers: pageHeaders({ path, search, ...page }),
  body: await bodiesOf(deps, rows, caller),
});

/** A page of what this caller may see of what is asked for. */
export const listReply = async (deps: OrderDeps, input: ListInput): Promise<Reply> => {
  const { query, caller } = input;
  const filters = filtersOf(query, caller);
  const paging = readPaging(query, cursorsOf(deps.decodeCursor, 'order_list', query.sort));
  const sort = query.sort;
  const page =
    filters === undefined ? NONE : await deps.list({ filters, ...paging, ...(sort !== undefined && { sort }) });
  return pageReply(deps, page, input);
};
