import type { Knex } from 'knex';
import type { Order } from '../../domain/order/index.ts';
import { columnOf, type OrderSort } from '../list/cursor.ts';
import { conditionsOf, whereSql, type OrderFilters } from './order-filters.ts';
import { orderCsv } from './order-csv.ts';

export type ExportQuery = {
  readonly filters: OrderFilters;
  /** Default `-created_at`. */
  readonly sort?: OrderSort;
};

export type ExportedOrder = { readonly id: string; readonly state: Order };

/** A reader who takes nothing for so long is given up: an open export keeps the database from tidying up. */
const LONGEST_PAUSE = '60s';
const LINES_AT_ONCE = 1_000;
const ORDERS_AT_ONCE = 200;

type Columns = { readonly columns: string; readonly atOnce: number };

/**
 * Every match as it was at one moment, batch by batch, the next one being fetched while the last is used. No more than two
 * are held at a time. Leaving the loop ends the query.
 */
async function* batches<Row>(
  db: Knex,
  { filters, sort = '-created_at' }: ExportQuery,
  { columns, atOnce }: Columns,
): AsyncGenerator<readonly Row[]> {
  const { sql, bindings } = whereSql(conditionsOf(filters));
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
       order by ${columnOf(sort)} ${direction}, id ${direction}`,
      [...bindings],
    );
    for (let next = fetch(); ;) {
      const rows = await next;
      if (rows.length === 0) return;
      next = fetch();
      next.catch(() => undefined); // whoever awaits it gets the error
      yield rows;
    }
  } finally {
    // A connection that was lost has taken its transaction along.
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
