import type { Knex } from 'knex';
import type { ReturnMoney } from '../../domain/order/index.ts';
import type { Return, ReturnReason, ReturnStatus } from '../../domain/return/index.ts';
import { anyOf, atLeast, atMost, equals, listPage, type List, type ListQuery, type Page } from '../list/index.ts';
import { returnList } from './projection.ts';

/** All given must hold. */
export type ReturnFilters = {
  readonly order_id?: string;
  readonly customer_id?: string;
  /** Any of these. */
  readonly status?: readonly ReturnStatus[];
  readonly reason?: ReturnReason;
  /** ISO 8601, inclusive. */
  readonly created_from?: string;
  /** ISO 8601, inclusive. */
  readonly created_to?: string;
};

export type ListedReturn = {
  readonly id: string;
  /** Decimal string. */
  readonly revision: string;
  readonly created_at: string;
  readonly state: Return;
  readonly money: ReturnMoney;
};

type Stored = Omit<ListedReturn, 'created_at'>;

const toRow = ({ id, revision, state, money }: Stored): ListedReturn => ({
  id,
  revision,
  created_at: state.created_at,
  state,
  money,
});

const returns: List<ReturnFilters, Stored, ListedReturn> = {
  of: returnList,
  select: ['id', 'revision', 'state', 'money'],
  filters: {
    order_id: equals('order_id', 'uuid'),
    customer_id: equals('customer_id'),
    status: anyOf('status'),
    reason: equals('reason'),
    created_from: atLeast('created_at', 'timestamptz'),
    created_to: atMost('created_at', 'timestamptz'),
  },
  toRow,
};

/** One page of returns, newest first. */
export const listReturns = (db: Knex, query: ListQuery<ReturnFilters>): Promise<Page<ListedReturn>> =>
  listPage(db, returns, query);

/** Every return of these orders, oldest first. */
export const returnsOfOrders = async (db: Knex, orderIds: readonly string[]): Promise<readonly ListedReturn[]> => {
  const { rows } = await db.raw<{ rows: readonly Stored[] }>(
    `select id, revision, state, money from return_list
     where order_id = any(?::uuid[]) order by created_at, id`,
    [[...orderIds]],
  );
  return rows.map(toRow);
};
