import { match } from 'ts-pattern';
import {
  finalPrice,
  lineTotal,
  ORDER_STATUSES,
  orderStatusOf,
  refundedOfReturn,
  returnedQuantity,
  wayOfReturn,
} from '../domain/order/index.ts';
import { PAYMENT_STATUSES, refundedOf } from '../domain/payment/index.ts';
import { RETURN_STATUSES, returnStatusOf } from '../domain/return/index.ts';
import { toMajor } from '../domain/shared/amount-notation.ts';
import { documentStream, orderStream, paymentStream, returnStream, streamId } from '../event-store/stream-names.ts';
import type { JsonValue, Position, StoredEvent } from '../event-store/port.ts';
import type { CsvCell } from '../platform/csv.ts';
import { documentList, type DocumentRow } from '../projections/documents/index.ts';
import type { Row } from '../projections/engine/index.ts';
import { ORDER_CSV_COLUMNS, orderCells, orderIn, orderList, type OrderRow } from '../projections/orders/index.ts';
import { paymentList, type PaymentRow } from '../projections/payments/index.ts';
import { returnList, type ReturnRow } from '../projections/returns/index.ts';
import { rowsAsOf, type ReadDeps, type RowsQuery, type Source } from './rows-as-of.ts';

/** What can be exported as a table. */
export const TABLES = ['orders', 'order-lines', 'returns', 'payments', 'documents', 'events'] as const;
export type TableName = (typeof TABLES)[number];

export type Cells = readonly CsvCell[];

/** The statuses that rows can have, and the one that a word means, as it does in lists. */
export type Statuses = {
  readonly known: readonly string[];
  readonly of: (word: string) => string | undefined;
};

export type Filters = Omit<RowsQuery, 'until' | 'after'> & {
  /** Only rows with one of these, as they were then. Undefined: all. */
  readonly status?: readonly string[] | undefined;
};

export type Table = {
  readonly columns: readonly string[];
  /** The read models that it is read from. */
  readonly reads: readonly string[];
  /** Undefined: its rows have none. */
  readonly statuses: Statuses | undefined;
  /** Table whose rows are counted for progress; undefined: the log. */
  readonly counted: string | undefined;
  readonly batches: (
    deps: ReadDeps,
    query: Filters & Pick<RowsQuery, 'until' | 'after'>,
  ) => AsyncGenerator<{ readonly rows: readonly Cells[]; readonly place: unknown }>;
};

const sourceOf = (projection: Source['projection'], stream: (id: string) => string, time = 'created_at'): Source => ({
  projection,
  time,
  keyOf: (event) => streamId(event.stream),
  streamsOf: (row) => [stream(String(row[projection.key]))],
});

/** A table of one read model. `cellsOf`: the lines that a row makes; the row is as its projection wrote it. */
const tableOf = (
  { statuses, ...source }: Source & Pick<Table, 'statuses'>,
  columns: readonly string[],
  cellsOf: (row: Row) => readonly Cells[],
): Table => ({
  columns,
  statuses,
  reads: [source.projection.name],
  counted: source.projection.table,
  batches: async function* (deps, { status, ...query }) {
    const isWanted = (row: Row): boolean => status === undefined || status.includes(String(row['status']));
    for await (const { rows, place } of rowsAsOf(deps, source, query))
      yield { rows: rows.filter(isWanted).flatMap(cellsOf), place };
  },
});

const LINE_COLUMNS = [
  'order_id',
  'order_number',
  'status',
  'currency',
  'item_id',
  'product_id',
  'product_sku',
  'product_name',
  'quantity',
  'unit_price',
  'total_price',
  'discount',
  'tax',
  'final_price',
  'returned_quantity',
  'created_at',
  'external_number',
  'external_source',
] as const;

const lineCells = (written: Row): readonly Cells[] => {
  const { id, ...row } = written as OrderRow;
  const order = orderIn(row);
  const { order_number, status, currency, created_at, external } = order;
  const major = (amount: number): number => toMajor(amount, currency);
  return order.lines.map((line) => [
    id,
    order_number,
    status,
    currency,
    line.id,
    line.product_id,
    line.product_sku,
    line.product_name,
    line.quantity,
    major(line.unit_price),
    major(lineTotal(line)),
    major(line.discount),
    major(line.tax),
    major(finalPrice(line)),
    returnedQuantity(order, line.id),
    created_at,
    external?.number ?? null,
    external?.source ?? null,
  ]);
};

const RETURN_COLUMNS = [
  'id',
  'return_number',
  'order_id',
  'order_number',
  'customer_id',
  'status',
  'reason',
  'currency',
  'quantity',
  'accepted_quantity',
  'estimate',
  'settled_amount',
  'refunded_amount',
  'restocking_fee',
  'refund_method',
  'refund_status',
  'tracking_number',
  'created_at',
  'approved_at',
  'received_at',
  'processed_at',
  'refunded_at',
] as const;

const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0);

const returnCells = (written: Row): readonly Cells[] => {
  const { id, state: one, money, refund_status } = written as ReturnRow;
  const major = (amount: number): number => toMajor(amount, one.currency);
  return [
    [
      id,
      one.return_number,
      one.order_id,
      one.order_number,
      one.customer_id,
      one.status,
      one.reason,
      one.currency,
      sum(one.items.map(({ quantity }) => quantity)),
      one.processed_at === null ? null : sum(one.items.map(({ accepted_quantity }) => accepted_quantity ?? 0)),
      major(one.estimate),
      money.settled_amount === null ? null : major(money.settled_amount),
      major(refundedOfReturn(money)),
      major(one.restocking_fee),
      wayOfReturn(money) ?? one.refund_method,
      refund_status,
      one.tracking_number,
      one.created_at,
      one.approved_at,
      one.received_at,
      one.processed_at,
      one.refunded_at,
    ],
  ];
};

const PAYMENT_COLUMNS = [
  'id',
  'payment_number',
  'order_id',
  'customer_id',
  'status',
  'method',
  'currency',
  'amount',
  'refunded_amount',
  'transaction_id',
  'failure_reason',
  'created_at',
  'completed_at',
  'refunded_at',
] as const;

const paymentCells = (written: Row): readonly Cells[] => {
  const { id, state: payment } = written as PaymentRow;
  return [
    [
      id,
      payment.payment_number,
      payment.order_id,
      payment.customer_id,
      payment.status,
      payment.method,
      payment.currency,
      toMajor(payment.amount, payment.currency),
      toMajor(refundedOf(payment), payment.currency),
      payment.transaction_id,
      payment.failure_reason,
      payment.created_at,
      payment.completed_at,
      payment.refunded_at,
    ],
  ];
};

const DOCUMENT_COLUMNS = [
  'id',
  'number',
  'document_type',
  'kind',
  'order_id',
  'return_id',
  'customer_id',
  'currency',
  'amount',
  'issued_at',
  'file_name',
  'size',
  'sha256',
] as const;

const documentCells = (written: Row): readonly Cells[] => {
  const row = written as DocumentRow;
  return [
    [
      row.id,
      row.number,
      row.document_type,
      row.kind,
      row.order_id,
      row.return_id,
      row.customer_id,
      row.currency,
      toMajor(row.amount, row.currency),
      new Date(row.requested_at).toISOString(),
      row.file_name,
      row.size,
      row.sha256,
    ],
  ];
};

const text = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** A document is numbered by an event of its series. */
const documentOf = ({ stream, type, data }: StoredEvent): string | undefined =>
  type === 'DocumentNumbered' ? text(data['document_id']) : streamId(stream);

/** The series of a number such as `INV-2026-000012`, whose events number documents of that type and year. */
const seriesOf = ({ number, document_type }: DocumentRow): readonly string[] => {
  const year = /-(\d{4})-\d+$/.exec(number ?? '')?.[1];
  return year === undefined ? [] : [`${document_type === 'invoice' ? 'invoices' : 'credit_memos'}-${year}`];
};

const EVENT_COLUMNS = [
  'position',
  'id',
  'stream',
  'revision',
  'type',
  'occurred_at',
  'recorded_at',
  'actor_id',
  'actor_role',
  'correlation_id',
  'causation_id',
  'imported',
  'data',
] as const;

/** Without what is personal. */
const eventCells = ({ position, id, stream, revision, type, data, metadata }: StoredEvent): Cells => {
  const { personal: _, ...open } = data;
  const { actor, recorded_at } = metadata;
  const [by, role] =
    typeof actor === 'object' && actor !== null && 'id' in actor ? [text(actor['id']), text(actor['role'])] : [];
  return [
    String(position),
    id,
    stream,
    String(revision),
    type,
    text(metadata['occurred_at']) ?? text(recorded_at) ?? null,
    text(recorded_at) ?? null,
    by ?? null,
    role ?? null,
    text(metadata['correlation_id']) ?? null,
    text(metadata['causation_id']) ?? null,
    metadata['imported'] === true ? 'true' : 'false',
    JSON.stringify(open),
  ];
};

const EVENTS_AT_ONCE = 500;

const events: Table = {
  columns: EVENT_COLUMNS,
  statuses: undefined,
  reads: [],
  counted: undefined,
  batches: async function* ({ store }, { until, after, from, to }) {
    let last: Position = typeof after === 'string' ? BigInt(after) : 0n;
    const isWithin = (event: StoredEvent): boolean => {
      const at = text(event.metadata['occurred_at']) ?? text(event.metadata['recorded_at']) ?? '';
      return (from === undefined || at >= from) && (to === undefined || at <= to);
    };
    while (last < until) {
      const batch = await store.readAll({ after: last, limit: EVENTS_AT_ONCE, prefixes: [''] });
      const found = batch.events.filter(({ position }) => position <= until);
      if (batch.position === last) return;
      last = batch.position < until ? batch.position : until;
      yield { rows: found.filter(isWithin).map(eventCells), place: String(last) };
    }
  },
};

const orders = { ...sourceOf(orderList, orderStream), statuses: { known: ORDER_STATUSES, of: orderStatusOf } };

const payments = {
  ...sourceOf(paymentList, paymentStream),
  statuses: { known: PAYMENT_STATUSES, of: (word: string) => PAYMENT_STATUSES.find((status) => status === word) },
};

/** The table of a name. */
export const tableNamed = (name: TableName): Table =>
  match(name)
    .returnType<Table>()
    .with('orders', () =>
      tableOf(orders, ORDER_CSV_COLUMNS, (written) => {
        const { id, ...row } = written as OrderRow;
        const cells = orderCells(id, orderIn(row));
        return [ORDER_CSV_COLUMNS.map((column) => cells[column])];
      }),
    )
    .with('order-lines', () => tableOf(orders, LINE_COLUMNS, lineCells))
    .with('returns', () =>
      tableOf(
        {
          ...sourceOf(returnList, returnStream),
          statuses: { known: RETURN_STATUSES, of: returnStatusOf },
          // What becomes of its money, its order says.
          keyOf: ({ stream, data }) => text(data['return_id']) ?? streamId(stream),
          streamsOf: ({ id, order_id }) => [returnStream(String(id)), orderStream(String(order_id))],
        },
        RETURN_COLUMNS,
        returnCells,
      ),
    )
    .with('payments', () => tableOf(payments, PAYMENT_COLUMNS, paymentCells))
    .with('documents', () =>
      tableOf(
        {
          ...sourceOf(documentList, documentStream, 'requested_at'),
          statuses: undefined,
          keyOf: documentOf,
          streamsOf: (row) => [documentStream(String(row['id'])), ...seriesOf(row as DocumentRow)], // its projection's row
        },
        DOCUMENT_COLUMNS,
        documentCells,
      ),
    )
    .with('events', () => events)
    .exhaustive();

/** The statuses of the rows of a table that these words mean, or the first word that means none. */
export const statusesOf = (
  { statuses }: Pick<Table, 'statuses'>,
  words: readonly string[] | undefined,
):
  | { readonly status: readonly string[] | undefined }
  | { readonly unknown: string; readonly known: readonly string[] } => {
  const known = statuses?.known ?? [];
  const found: string[] = [];
  for (const word of words ?? []) {
    const status = statuses?.of(word);
    if (status === undefined) return { unknown: word, known };
    found.push(status);
  }
  return { status: words === undefined ? undefined : found };
};
