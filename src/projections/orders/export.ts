import type { Knex } from 'knex';
import type { Order } from '../../domain/order/index.ts';
import { conditionsOf, sortKeyOf, whereSql, type Sort } from '../list/index.ts';
import { orderCsv } from './csv.ts';
import { orders, type OrderFilters } from './queries.ts';

export type ExportQuery = {
  readonly filters: OrderFilters;
  /** Default `-created_at`. */
  readonly sort?: Sort;
};

export type ExportedOrder = { readonly id: string; readonly state: Order };

/** An export whose reader takes nothing for this long is ended: while it is open, PostgreSQL cannot vacuum. */
const LONGEST_PAUSE = '60s';
const LINES_AT_ONCE = 1_000;
const ORDERS_AT_ONCE = 200;

type Columns = { readonly columns: string; readonly atOnce: number };

/**
 * Every match as it was at one moment, batch by batch: the next is fetched while the caller uses the last, so two are in
 * memory at most. Leaving the loop ends the query.
 */
async function* batches<Row>(
  db: Knex,
  { filters, sort = '-created_at' }: ExportQuery,
  { columns, atOnce }: Columns,
): AsyncGenerator<readonly Row[]> {
  const { sql, bindings } = whereSql(conditionsOf(orders.filters, filters));
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  const tx = await db.transaction();
  const fetch = async (): Promise<readonly Row[]> => {
    const { rows } = await tx.raw<{ rows: readonly Row[] }>(`fetch ${atOnce} from export`);
    return rows;
  };
  try {
    await tx.raw(`set local idle_in_transaction_session_timeout = '${LONGEST_PAUSE}'`);
    await tx.raw(
      `declare export no scroll cursor for select ${columns} from order_list ${sql}
       order by ${sortKeyOf(sort)} ${direction}, id ${direction}`,
      [...bindings],
    );
    for (let next = fetch(); ;) {
      const rows = await next;
      if (rows.length === 0) return;
      next = fetch();
      next.catch(() => undefined); // the next to await it gets the error
      yield rows;
    }
  } finally {
    // A lost connection has already ended its transaction.
    await tx.rollback().catch(() => undefined);
  }
}

type Line = { readonly csv: string } | { readonly csv: null; readonly id: string; readonly state: Order };

/** Lines of CSV, without the header. */
export async function* exportLines(db: Knex, query: ExportQuery): AsyncGenerator<string> {
  const columns = `csv, case when csv is null then id end as id, case when csv is null then state end as state`;
  for await (const rows of batches<Line>(db, query, { columns, atOnce: LINES_AT_ONCE }))
    yield rows.map((row) => row.csv ?? orderCsv(row.id, row.state)).join('');
}

/** Orders as the list has them. */
export const exportOrders = (db: Knex, query: ExportQuery): AsyncGenerator<readonly ExportedOrder[]> =>
  batches(db, query, { columns: 'id, state', atOnce: ORDERS_AT_ONCE });
