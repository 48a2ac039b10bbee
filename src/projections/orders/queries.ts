import type { Knex } from 'knex';
import type { Order, OrderNeed, OrderRefundStatus, OrderStatus, PaymentStatus } from '../../domain/order/index.ts';
import { ERASED, type Instant } from '../../domain/shared/decider.ts';
import {
  anyOf,
  atLeast,
  atMost,
  counterOf,
  equals,
  flagged,
  listPage,
  openPage,
  PAGE_BYTES,
  rowBytesSql,
  sumCounters,
  type List,
  type Page,
  type RowReader,
  type SortedListQuery,
} from '../list/index.ts';
import { orderIn, orderList, type OrderRow } from './projection.ts';
import { wholeOrder } from './stored-order.ts';

/** All given must hold. */
export type OrderFilters = {
  readonly customer_id?: string;
  /** Any of these. */
  readonly status?: readonly OrderStatus[];
  /** Any of these. */
  readonly payment_status?: readonly PaymentStatus[];
  /** Any of these. */
  readonly refund_status?: readonly OrderRefundStatus[];
  /** What it waits for staff for. */
  readonly needs?: OrderNeed;
  readonly held?: 'true' | 'false';
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

export type ListedOrder = { readonly id: string; readonly revision: bigint; readonly state: Order };

type Stored = Pick<OrderRow, 'id' | 'state' | 'personal'> & { readonly revision: string };

const toListed = ({ id, revision, ...row }: Stored): ListedOrder => ({
  id,
  revision: BigInt(revision),
  state: orderIn(row),
});

export const orders: List<OrderFilters, Stored, ListedOrder> = {
  of: orderList,
  select: ['id', 'revision', 'state', 'personal'],
  filters: {
    needs: flagged({ resolution: 'needs_resolution', payout: 'needs_payout' } satisfies Record<OrderNeed, string>),
    held: flagged({ true: 'held', false: 'held is not true' }),
    refund_status: anyOf('refund_status'),
    payment_status: anyOf('payment_status'),
    customer_id: equals('customer_id'),
    status: anyOf('status'),
    created_from: atLeast('created_at', 'timestamptz'),
    created_to: atMost('created_at', 'timestamptz'),
    delivery_partner_id: equals('delivery_partner_id'),
    min_total: atLeast('total', 'numeric'),
    max_total: atMost('total', 'numeric'),
  },
  counted: ['needs', 'refund_status', 'payment_status'],
  toRow: toListed,
};

export type ListOrders = SortedListQuery<OrderFilters>;

/** One page of orders. */
export const listOrders = async (reader: RowReader, query: ListOrders): Promise<Page<ListedOrder>> =>
  openPage(reader, await listPage(reader.db, orders, query));

export type FoundOrders = {
  readonly orders: readonly ListedOrder[];
  /** So many of the ids were looked at: the rest would have made the page too large. */
  readonly taken: number;
};

/** These orders in the sequence of their ids, as many as one page holds. One that is not there is left out. */
export const findOrders = async (
  { db, codec }: RowReader,
  ids: readonly string[],
  maxBytes = PAGE_BYTES,
): Promise<FoundOrders> => {
  const { rows } = await db.raw<{ rows: readonly (Stored & { readonly n: string; readonly matched: string })[] }>(
    `select * from (
       select ${orders.select.map((name) => `r.${name}`).join(', ')}, n, count(*) over () as matched,
         row_number() over page as row, sum(${rowBytesSql(orderList, orders.select)}) over page as bytes
       from unnest(?::uuid[]) with ordinality as wanted (id, n) join order_list r on r.id = wanted.id
       window page as (order by n)
     ) sized where row = 1 or bytes <= ?::bigint order by n`,
    [[...ids], maxBytes],
  );
  const isWhole = rows.length === Number(rows[0]?.matched ?? 0);
  return {
    orders: await codec.openPersonal(rows.map(toListed)),
    taken: isWhole ? ids.length : Number(rows.at(-1)?.n ?? 0),
  };
};

/** These orders by their ids, where nothing personal is wanted of them. One that is not there is left out. */
export const ordersWithoutPersonal = async (db: Knex, ids: readonly string[]): Promise<ReadonlyMap<string, Order>> => {
  const { rows } = await db.raw<{ rows: readonly Pick<OrderRow, 'id' | 'state'>[] }>(
    'select id, state from order_list where id = any(?::uuid[])',
    [[...new Set(ids)]],
  );
  return new Map(rows.map(({ id, state }) => [id, wholeOrder(state, ERASED)]));
};

/** How many orders wait for staff, and for what. */
export type StaffWork = Readonly<Record<OrderNeed | 'held', number>>;

export const countNeeds = async (db: Knex): Promise<StaffWork> => {
  const count = (need: OrderNeed): Promise<number> => sumCounters(db, orderList.name, [counterOf('needs', need)]);
  const [resolution, payout, held] = await Promise.all([
    count('resolution'),
    count('payout'),
    sumCounters(db, orderList.name, [counterOf('held', 'true')]),
  ]);
  return { resolution, payout, held };
};

/** The ids of all orders of a customer, oldest first. */
export const orderIdsOfCustomer = async (db: Knex, customerId: string): Promise<readonly string[]> => {
  const { rows } = await db.raw<{ rows: readonly { readonly id: string }[] }>(
    'select id::text as id from order_list where customer_id = ? order by created_at, id',
    [customerId],
  );
  return rows.map(({ id }) => id);
};
