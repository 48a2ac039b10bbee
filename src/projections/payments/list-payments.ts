import type { Knex } from 'knex';
import type { Payment, PaymentStatus } from '../../domain/payment/index.ts';
import { listNewestFirst, type Filters, type ListQuery, type Page } from '../list/newest-first.ts';
import { paymentList } from './payment-list.ts';

export type PaymentFilters = Omit<Filters, 'status' | 'reason'> & { readonly status?: readonly PaymentStatus[] };

export type ListedPayment = {
  readonly id: string;
  /** Decimal string. */
  readonly revision: string;
  readonly created_at: string;
  readonly state: Payment;
};

/** One page of payments, newest first. */
export const listPayments = (db: Knex, query: ListQuery<PaymentFilters>): Promise<Page<ListedPayment>> =>
  listNewestFirst<ListedPayment>(db, paymentList, query);

/** Every payment of these orders, oldest first. */
export const paymentsOfOrders = async (db: Knex, orderIds: readonly string[]): Promise<readonly ListedPayment[]> => {
  const { rows } = await db.raw<{ rows: readonly Omit<ListedPayment, 'created_at'>[] }>(
    `select id, revision, state from payment_list
     where order_id = any(?::uuid[]) order by created_at, id`,
    [[...orderIds]],
  );
  return rows.map((row) => ({ ...row, created_at: row.state.created_at }));
};
