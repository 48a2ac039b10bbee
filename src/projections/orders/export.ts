import type { Order } from '../../domain/order/index.ts';
import { conditionsOf, sortKeyOf, whereSql, type RowReader, type Sort } from '../list/index.ts';
import { filledCsv } from './csv.ts';
import { orderIn, type OrderRow } from './projection.ts';
import { orders, type OrderFilters } from './queries.ts';

export type ExportQuery = {
  readonly filters: OrderFilters;
  /** Default `-created_at`. */
  readonly sort?: Sort;
};

type Stored = Pick<OrderRow, 'id' | 'state' | 'personal'>;

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
  { db }: RowReader,
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

type Line = Pick<OrderRow, 'csv' | 'personal'>;

/** Lines of CSV, without the header. */
export async function* exportLines(reader: RowReader, query: ExportQuery): AsyncGenerator<string> {
  for await (const rows of batches<Line>(reader, query, { columns: 'csv, personal', atOnce: LINES_AT_ONCE })) {
    const opened = await reader.codec.openPersonal(rows);
    yield opened.map(({ csv, personal }) => filledCsv(csv, personal)).join('');
  }
}

/** Orders as the list has them. */
export async function* exportOrders(reader: RowReader, query: ExportQuery): AsyncGenerator<readonly ExportedOrder[]> {
  for await (const rows of batches<Stored>(reader, query, { columns: 'id, state, personal', atOnce: ORDERS_AT_ONCE }))
    yield reader.codec.openPersonal(rows.map((row) => ({ id: row.id, state: orderIn(row) })));
}
