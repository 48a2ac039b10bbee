import type { Static } from '@sinclair/typebox';
import { canAccess } from '../../domain/shared/access.ts';
import type { Position } from '../../event-store/port.ts';
import { mapAtMost } from '../../platform/map-at-most.ts';
import { PAGE_BYTES, type Page } from '../../projections/list/index.ts';
import type { PastOrder, ListPastOrders } from '../../projections/order-status-history/index.ts';
import type { Caller } from '../server/caller.ts';
import { demandClosed } from '../server/closed-days.ts';
import { cursorsOf, readPaging } from '../server/paging.ts';
import { invalid, problem } from '../server/problem.ts';
import type { Reply } from '../server/route.ts';
import type { NamedOrder, OrderDeps } from './deps.ts';
import { readOrder } from './find-order.ts';
import { filtersOf, NONE, pageReply, type ListInput } from './lists.ts';
import type { listOrdersQuery } from './request-schemas.ts';

type ListQuery = Static<typeof listOrdersQuery>;

/** Each order on the page is folded from its events. */
const MOST = 100;

/** What is not kept of the past. */
const NOT_OF_THEN = [
  'payment_status',
  'refund_status',
  'needs',
  'held',
  'delivery_partner_id',
  'min_total',
  'max_total',
] as const satisfies readonly (keyof ListQuery)[];

const rejectOthers = (query: ListQuery): void => {
  const wrong = NOT_OF_THEN.filter((field) => query[field] !== undefined).map((field) => ({
    field,
    message: 'cannot be combined with as_of; only status, customer_id, created_from and created_to can',
  }));
  const isSorted = query.sort === undefined || query.sort === 'created_at' || query.sort === '-created_at';
  const errors = [
    ...wrong,
    ...(isSorted ? [] : [{ field: 'sort', message: 'must be created_at or -created_at with as_of' }]),
    ...((query.limit ?? 0) > MOST ? [{ field: 'limit', message: `must be at most ${MOST} with as_of` }] : []),
  ];
  if (errors.length > 0) throw invalid(errors);
};

const rejectCouriers = ({ role }: Caller): void => {
  if (role !== 'delivery_partner') return;
  throw problem('auth.forbidden', 'Which orders were assigned to you is known as of now only. Leave as_of out.', {
    errors: [{ field: 'as_of', message: 'may not be sent by a delivery partner' }],
  });
};

/** Streams read at once for one page. */
const STREAMS_AT_ONCE = 4;

/**
 * The orders as they were, each folded up to the position, until they would make the page too large: it has one at
 * least. A page backwards begins with its last order.
 */
const foldPage = async (
  { readStream }: Pick<OrderDeps, 'readStream'>,
  rows: readonly PastOrder[],
  { position, isBackwards }: { readonly position: Position; readonly isBackwards: boolean },
): Promise<readonly NamedOrder[]> => {
  const asRead = isBackwards ? rows.toReversed() : rows;
  const folded: NamedOrder[] = [];
  let bytes = 0;
  for (let at = 0; at < asRead.length; at += STREAMS_AT_ONCE) {
    const some = await mapAtMost(STREAMS_AT_ONCE, asRead.slice(at, at + STREAMS_AT_ONCE), async ({ id }) => {
      const found = await readOrder(readStream, id, { position });
      if (found === undefined) throw new Error(`order ${id} is listed as of position ${position}, but was not there`);
      return { id, order: found.order };
    });
    for (const one of some) {
      bytes += JSON.stringify(one.order).length;
      if (bytes > PAGE_BYTES && folded.length > 0) return isBackwards ? folded.toReversed() : folded;
      folded.push(one);
    }
  }
  return isBackwards ? folded.toReversed() : folded;
};

/** A page of the orders as they were at the close of a business day. */
export const pastListReply = async (deps: OrderDeps, input: ListInput, day: string): Promise<Reply> => {
  const { query, caller } = input;
  rejectCouriers(caller);
  rejectOthers(query);
  const { position, until } = await demandClosed(deps.closedDays, day, 'order_status_history');
  const paging = readPaging(query, cursorsOf(deps.decodeCursor, 'order_status_history', query.sort));
  const filters = filtersOf(query, caller, deps.businessTimeZone);
  if (filters === undefined) return pageReply(deps, NONE, input);

  const asked: ListPastOrders = { filters, position, ...paging, ...(query.sort !== undefined && { sort: query.sort }) };
  const found = await deps.listPast(asked);
  const isBackwards = paging.cursor?.direction === 'previous';
  const orders = await foldPage(deps, found.rows, { position, isBackwards });
  // A page that was cut short has other neighbours.
  const page: Page<unknown> =
    orders.length === found.rows.length ? found : await deps.listPast({ ...asked, limit: orders.length });
  const rows = orders.flatMap(({ id, order }) =>
    canAccess(caller, order) ? [{ id, revision: 0n, state: order }] : [],
  );
  const documentsAt = new Date(Date.parse(until) - 1).toISOString();
  return pageReply(deps, { ...page, rows }, input, documentsAt);
};
