import type { Knex } from 'knex';
import type { Order, OrderNeed, OrderRefundStatus, OrderStatus, PaymentStatus } from '../../domain/order/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import {
  anyOf,
  atLeast,
  atMost,
  counterOf,
  equals,
  flagged,
  listPage,
  sumCounters,
  type List,
  type Page,
  type SortedListQuery,
} from '../list/index.ts';
import { orderList } from './projection.ts';

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

type Stored = Omit<ListedOrder, 'revision'> & { readonly revision: string };

export const orders: List<OrderFilters, Stored, ListedOrder> = {
  of: orderList,
  select: ['id', 'revision', 'state'],
  filters: {
    needs: flagged({ resolution: 'needs_resolution', payout: 'needs_payout' } satisfies Record<OrderNeed, string>),
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
  toRow: ({ id, revision, state }) => ({ id, revision: BigInt(revision), state }),
};

export type ListOrders = SortedListQuery<OrderFilters>;

/** One page of orders. */
export const listOrders = (db: Knex, query: ListOrders): Promise<Page<ListedOrder>> => listPage(db, orders, query);

/** How many orders wait for staff, and for what. */
export const countNeeds = async (db: Knex): Promise<Readonly<Record<OrderNeed, number>>> => {
  const count = (need: OrderNeed): Promise<number> => sumCounters(db, orderList.name, [counterOf('needs', need)]);
  const [resolution, payout] = await Promise.all([count('resolution'), count('payout')]);
  return { resolution, payout };
};
