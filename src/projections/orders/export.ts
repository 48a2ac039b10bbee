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

export type ExportedOrder = { readonly id: string; readonly state: Order };

/** An export whose reader takes nothing for this long is ended: while it is open, PostgreSQL cannot vacuum. */
const LONGEST_PAUSE = '60s';
const LINES_AT_ONCE = 200;
const ORDERS_AT_ONCE = 200;
/** A row of more bytes is not fetched with others: a batch of them would fill the memory. */
const LARGE = 20_000;

/** Columns as texts: JSON is parsed where it is used, so that what it makes lives shortly. */
type Texts<Name extends string> = { readonly [name in Name | 'id']: string };

type Columns<Name extends string> = { readonly select: readonly Name[]; readonly atOnce: number };

/** Rows of a batch in their sequence; each large one is read by itself. */
async function* withLarge<Row extends { readonly id: string }>(
  rows: readonly (Row & { readonly large: boolean })[],
  readOne: (id: string) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let start = 0;
  for (const [n, { id, large }] of rows.entries()) {
    if (!large) continue;
    if (n > start) yield rows.slice(start, n);
    yield await readOne(id);
    start = n + 1;
  }
  if (start < rows.length) yield start === 0 ? rows : rows.slice(start);
}

/**
 * Every match as it was at one moment, batch by batch: the next is fetched while the caller uses the last, so two are in
 * memory at most. Leaving the loop ends the query.
 */
async function* batches<Name extends string>(
  { db }: RowReader,
  { filters, sort = '-created_at' }: ExportQuery,
  { select, atOnce }: Columns<Name>,
): AsyncGenerator<readonly Texts<Name>[]> {
  type Row = Texts<Name>;
  const { sql, bindings } = whereSql(conditionsOf(orders.filters, filters));
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  // One moment for the cursor and for the large rows that are read beside it.
  const tx = await db.transaction({ isolationLevel: 'repeatable read' });
  const texts = ['r.id', ...select.map((name) => `r.${name}::text as ${name}`)].join(', ');
  const isSmall = `${select.map((name) => `octet_length(${name})`).join(' + ')} <= ${LARGE}`;
  const small = select.map((name) => `case when ${isSmall} then ${name} end as ${name}`).join(', ');
  const fetch = async () => {
    const { rows } = await tx.raw<{ rows: readonly (Row & { readonly large: boolean })[] }>(
      `fetch ${atOnce} from export`,
    );
    return rows;
  };
  const readOne = async (id: string): Promise<readonly Row[]> => {
    const { rows } = await tx.raw<{ rows: readonly Row[] }>(`select ${texts} from order_list r where id = ?`, [id]);
    return rows;
  };
  try {
    await tx.raw(`set local idle_in_transaction_session_timeout = '${LONGEST_PAUSE}'`);
    // `offset 0` keeps the texts apart from what is made of them: each is made once.
    await tx.raw(
      `declare export no scroll cursor for
       select id, ${small}, not ${isSmall} as large from (
         select ${texts} from order_list r ${sql} order by ${sortKeyOf(sort)} ${direction}, r.id ${direction} offset 0
       ) r`,
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

// As the projection has written them.
const stateIn = (json: string): OrderRow['state'] => JSON.parse(json) as OrderRow['state'];
const personalIn = (json: string): OrderRow['personal'] => JSON.parse(json) as OrderRow['personal'];

/** Lines of CSV, without the header. */
export async function* exportLines(reader: RowReader, query: ExportQuery): AsyncGenerator<string> {
  for await (const rows of batches(reader, query, { select: ['csv', 'personal'], atOnce: LINES_AT_ONCE })) {
    const sealed = rows.map(({ csv, personal }) => ({ csv, personal: personalIn(personal) }));
    const opened = await reader.codec.openPersonal(sealed);
    yield opened.map(({ csv, personal }) => filledCsv(csv, personal)).join('');
  }
}

/** Orders as the list has them. */
export async function* exportOrders(reader: RowReader, query: ExportQuery): AsyncGenerator<readonly ExportedOrder[]> {
  for await (const rows of batches(reader, query, { select: ['state', 'personal'], atOnce: ORDERS_AT_ONCE })) {
    const orderOf = ({ state, personal }: (typeof rows)[number]): Order =>
      orderIn({ state: stateIn(state), personal: personalIn(personal) });
    yield reader.codec.openPersonal(rows.map((row) => ({ id: row.id, state: orderOf(row) })));
  }
}
