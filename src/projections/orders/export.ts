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
/** A row of more bytes is not fetched with others: a batch of them would fill the memory. */
const LARGE = 20_000;

type Columns<Row> = { readonly select: readonly (keyof Row & string)[]; readonly atOnce: number };

/** Rows of a batch in their sequence; each large one is read by itself. */
async function* withLarge<Row>(
  rows: readonly (Row & { readonly large: string | null })[],
  readOne: (id: string) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let start = 0;
  for (const [n, { large }] of rows.entries()) {
    if (large === null) continue;
    if (n > start) yield rows.slice(start, n);
    yield await readOne(large);
    start = n + 1;
  }
  if (start < rows.length) yield start === 0 ? rows : rows.slice(start);
}

/**
 * Every match as it was at one moment, batch by batch: the next is fetched while the caller uses the last, so two are in
 * memory at most. Leaving the loop ends the query.
 */
async function* batches<Row>(
  { db }: RowReader,
  { filters, sort = '-created_at' }: ExportQuery,
  { select, atOnce }: Columns<Row>,
): AsyncGenerator<readonly Row[]> {
  const { sql, bindings } = whereSql(conditionsOf(orders.filters, filters));
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  // One moment for the cursor and for the large rows that are read beside it.
  const tx = await db.transaction({ isolationLevel: 'repeatable read' });
  const bytes = select.map((name) => `octet_length(r.${name}::text)`).join(' + ');
  const small = select.map((name) => `case when bytes <= ${LARGE} then r.${name} end as ${name}`).join(', ');
  const fetch = async () => {
    const { rows } = await tx.raw<{ rows: readonly (Row & { readonly large: string | null })[] }>(
      `fetch ${atOnce} from export`,
    );
    return rows;
  };
  const readOne = async (id: string): Promise<readonly Row[]> => {
    const { rows } = await tx.raw<{ rows: readonly Row[] }>(
      `select ${select.join(', ')} from order_list where id = ?`,
      [id],
    );
    return rows;
  };
  try {
    await tx.raw(`set local idle_in_transaction_session_timeout = '${LONGEST_PAUSE}'`);
    await tx.raw(
      `declare export no scroll cursor for
       select ${small}, case when bytes > ${LARGE} then r.id end as large
       from order_list r cross join lateral (select ${bytes} as bytes) size ${sql}
       order by ${sortKeyOf(sort)} ${direction}, r.id ${direction}`,
      [...bindings],
    );
    for (let next = fetch(); ;) {
      const rows = await next;
      if (rows.length === 0) return;
      next = fetch();
      next.catch(() => undefined); // the next to await it gets the error
      yield* withLarge(rows, readOne);
    }
  } finally {
    // A lost connection has already ended its transaction.
    await tx.rollback().catch(() => undefined);
  }
}

type Line = Pick<OrderRow, 'csv' | 'personal'>;

/** Lines of CSV, without the header. */
export async function* exportLines(reader: RowReader, query: ExportQuery): AsyncGenerator<string> {
  for await (const rows of batches<Line>(reader, query, {
    select: ['csv', 'personal'],
    atOnce: LINES_AT_ONCE,
  })) {
    const opened = await reader.codec.openPersonal(rows);
    yield opened.map(({ csv, personal }) => filledCsv(csv, personal)).join('');
  }
}

/** Orders as the list has them. */
export async function* exportOrders(reader: RowReader, query: ExportQuery): AsyncGenerator<readonly ExportedOrder[]> {
  for await (const rows of batches<Stored>(reader, query, {
    select: ['id', 'state', 'personal'],
    atOnce: ORDERS_AT_ONCE,
  }))
    yield reader.codec.openPersonal(rows.map((row) => ({ id: row.id, state: orderIn(row) })));
}
