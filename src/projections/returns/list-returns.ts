import type { Knex } from 'knex';
import type { ReturnMoney } from '../../domain/order/index.ts';
import type { Return, ReturnReason, ReturnStatus } from '../../domain/return/index.ts';
import { listNewestFirst, type Filters, type ListQuery, type Page } from '../list/newest-first.ts';
import { returnList } from './return-list.ts';

export type ReturnFilters = Omit<Filters, 'status' | 'reason'> & {
  readonly status?: readonly ReturnStatus[];
  readonly reason?: ReturnReason;
};

export type ListedReturn = {
  readonly id: string;
  /** Decimal string. */
  readonly revision: string;
  readonly created_at: string;
  readonly state: Return;
  readonly money: ReturnMoney;
};

/** One page of returns, newest first. */
export const listReturns = (db: Knex, query: ListQuery<ReturnFilters>): Promise<Page<ListedReturn>> =>
  listNewestFirst<ListedReturn>(db, returnList, query);

/** Every return of these orders, oldest first. */
export const returnsOfOrders = async (db: Knex, orderIds: readonly string[]): Promise<readonly ListedReturn[]> => {
  const { rows } = await db.raw<{ rows: readonly Omit<ListedReturn, 'created_at'>[] }>(
    `select id, revision, state, money from return_list
     where order_id = any(?::uuid[]) order by created_at, id`,
    [[...orderIds]],
  );
  return rows.map((row) => ({ ...row, created_at: row.state.created_at }));
};
