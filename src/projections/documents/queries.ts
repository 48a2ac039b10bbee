import type { Knex } from 'knex';
import type { DocumentType } from '../../domain/document/index.ts';
import { atLeast, atMost, equals, listPage, type List, type ListQuery, type Page } from '../list/index.ts';
import { documentList, type DocumentRow } from './projection.ts';

export type DocumentFilters = {
  readonly customer_id?: string;
  readonly order_id?: string;
  readonly return_id?: string;
  readonly document_type?: DocumentType;
  /** ISO 8601, inclusive. */
  readonly issued_from?: string;
  /** ISO 8601, inclusive. */
  readonly issued_to?: string;
};

/** PostgreSQL gives a bigint as text. */
type Stored = Omit<DocumentRow, 'requested_at' | 'amount'> & { readonly requested_at: Date; readonly amount: string };
const COLUMNS = [
  'id',
  'document_type',
  'kind',
  'customer_id',
  'order_id',
  'return_id',
  'credit_id',
  'shipment_id',
  'currency',
  'amount',
  'requested_at',
  'number',
  'file_name',
  'size',
  'sha256',
] as const satisfies readonly (keyof Stored)[];

const fromStored = ({ requested_at, amount, ...row }: Stored): DocumentRow => ({
  id: row.id,
  document_type: row.document_type,
  kind: row.kind,
  customer_id: row.customer_id,
  order_id: row.order_id,
  return_id: row.return_id,
  credit_id: row.credit_id,
  shipment_id: row.shipment_id,
  currency: row.currency,
  amount: Number(amount),
  requested_at: requested_at.toISOString(),
  number: row.number,
  file_name: row.file_name,
  size: row.size,
  sha256: row.sha256,
});

const documents: List<DocumentFilters, Stored, DocumentRow> = {
  of: documentList,
  select: COLUMNS,
  filters: {
    customer_id: equals('customer_id'),
    order_id: equals('order_id', 'uuid'),
    return_id: equals('return_id', 'uuid'),
    document_type: equals('document_type'),
    issued_from: atLeast('requested_at', 'timestamptz'),
    issued_to: atMost('requested_at', 'timestamptz'),
  },
  sortColumns: { created_at: 'requested_at' },
  toRow: fromStored,
};

/** One page of documents, newest first. */
export const listDocuments = (db: Knex, query: ListQuery<DocumentFilters>): Promise<Page<DocumentRow>> =>
  listPage(db, documents, query);

/** The documents of these orders, oldest first. */
export const documentsOfOrders = async (db: Knex, orderIds: readonly string[]): Promise<readonly DocumentRow[]> => {
  const rows: readonly Stored[] = await db<Stored>('document_list')
    .whereIn('order_id', orderIds)
    .orderBy('requested_at');
  return rows.map(fromStored);
};

/** The document behind a printed number. */
export const findDocumentIdByNumber = async (db: Knex, number: string): Promise<string | undefined> =>
  (await db<Stored>('document_list').where('number', number).first('id'))?.id;

/** `shipment_id` null: the invoice of the order. */
export type MissingInvoice = { readonly order_id: string; readonly shipment_id: string | null };

/**
 * Invoices that orders have caused and that are not ready, of orders that changed at or after a moment (ISO 8601),
 * whatever their status is now. Goods of imported orders left with the invoice of another system.
 */
export const findMissingInvoices = async (
  db: Knex,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<readonly MissingInvoice[]> => {
  const { rows } = await db.raw<{ rows: readonly MissingInvoice[] }>(
    `select id as order_id, invoice->>'shipment_id' as shipment_id
     from order_list as orders, json_array_elements(state -> 'invoices') as invoice
     where updated_at >= ?
       and not exists (
         select from document_list as documents
         where documents.order_id = orders.id and documents.document_type = 'invoice' and documents.sha256 is not null
           and documents.shipment_id is not distinct from (invoice->>'shipment_id')::uuid)
     order by shipped_at limit ?`,
    [since, limit],
  );
  return rows;
};

export type CreditWithoutMemo = { readonly order_id: string; readonly credit_id: string };

/**
 * Credits of something invoiced whose credit memo is not ready, of orders that changed at or after a moment: an order is
 * changed by its credits.
 */
export const findCreditsWithoutMemo = async (
  db: Knex,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<readonly CreditWithoutMemo[]> => {
  const { rows } = await db.raw<{ rows: readonly CreditWithoutMemo[] }>(
    `select orders.id as order_id, credit->>'credit_id' as credit_id
     from order_list as orders, json_array_elements(orders.state->'credits') as credit
     where orders.updated_at >= ? and (credit->>'invoiced')::boolean and (credit->>'amount')::bigint > 0
       and not exists (
         select from document_list as documents
         where documents.credit_id = (credit->>'credit_id')::uuid and documents.sha256 is not null)
     order by orders.updated_at limit ?`,
    [since, limit],
  );
  return rows;
};
