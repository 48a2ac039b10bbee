import type { Knex } from 'knex';
import type { Payment, PaymentStatus } from '../../domain/payment/index.ts';
import {
  anyOf,
  atLeast,
  atMost,
  equals,
  listPage,
  openPage,
  type List,
  type ListQuery,
  type Page,
  type RowReader,
} from '../list/index.ts';
import { paymentList } from './projection.ts';

/** All given must hold. */
export type PaymentFilters = {
  readonly order_id?: string;
  readonly customer_id?: string;
  /** Any of these. */
  readonly status?: readonly PaymentStatus[];
  /** ISO 8601, inclusive. */
  readonly created_from?: string;
  /** ISO 8601, inclusive. */
  readonly created_to?: string;
};

export type ListedPayment = {
  readonly id: string;
  /** Decimal string. */
  readonly revision: string;
  readonly created_at: string;
  readonly state: Payment;
};

type Stored = Omit<ListedPayment, 'created_at'>;

const toRow = ({ id, revision, state }: Stored): ListedPayment => ({
  id,
  revision,
  created_at: state.created_at,
  state,
});

const payments: List<PaymentFilters, Stored, ListedPayment> = {
  of: paymentList,
  select: ['id', 'revision', 'state'],
  filters: {
    order_id: equals('order_id', 'uuid'),
    customer_id: equals('customer_id'),
    status: anyOf('status'),
    created_from: atLeast('created_at', 'timestamptz'),
    created_to: atMost('created_at', 'timestamptz'),
  },
  toRow,
};

/** What these payments moved by our books: each, and each refund of it that is completed. Unknown ones are left out. */
export const findMovedBy = async (db: Knex, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  const { rows } = await db.raw<{ rows: readonly { readonly moved: string }[] }>(
    `select id::text as moved from payment_list where id = any(?::uuid[]) and state->>'completed_at' is not null
     union all
     select refund->>'refund_id' from payment_list, json_array_elements(state->'refunds') refund
     where id = any(?::uuid[]) and refund->>'status' = 'completed'`,
    [[...ids], [...ids]],
  );
  return new Set(rows.map(({ moved }) => moved));
};

/** One page of payments, newest first. */
export const listPayments = async (reader: RowReader, query: ListQuery<PaymentFilters>): Promise<Page<ListedPayment>> =>
  openPage(reader, await listPage(reader.db, payments, query));

/** The ids of every payment of these orders, oldest first. */
export const paymentIdsOfOrders = async (db: Knex, orderIds: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await db.raw<{ rows: readonly { readonly id: string }[] }>(
    'select id from payment_list where order_id = any(?::uuid[]) order by created_at, id',
    [[...orderIds]],
  );
  return rows.map(({ id }) => id);
};

/** Every payment of these orders, oldest first. */
export const paymentsOfOrders = async (
  { db, codec }: RowReader,
  orderIds: readonly string[],
): Promise<readonly ListedPayment[]> => {
  const { rows } = await db.raw<{ rows: readonly Stored[] }>(
    `select id, revision, state from payment_list
     where order_id = any(?::uuid[]) order by created_at, id`,
    [[...orderIds]],
  );
  return codec.openPersonal(rows.map(toRow));
};
