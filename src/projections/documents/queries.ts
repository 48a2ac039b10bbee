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

type Stored = Omit<DocumentRow, 'requested_at'> & { readonly requested_at: Date };
const COLUMNS = [
  'id',
  'document_type',
  'customer_id',
  'order_id',
  'return_id',
  'requested_at',
  'number',
  'file_name',
  'size',
  'sha256',
] as const satisfies readonly (keyof Stored)[];

const fromStored = ({ requested_at, ...row }: Stored): DocumentRow => ({
  id: row.id,
  document_type: row.document_type,
  customer_id: row.customer_id,
  order_id: row.order_id,
  return_id: row.return_id,
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

/**
 * Orders whose goods left the house at or after a moment (ISO 8601) and whose invoice is not ready, oldest first,
 * whatever their status is now.
 */
export const findOrdersWithoutInvoice = async (
  db: Knex,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<readonly string[]> => {
  const { rows } = await db.raw<{ rows: readonly { id: string }[] }>(
    `select id from order_list as orders
     where shipped_at >= ?
       and not exists (
         select from document_list as documents
         where documents.order_id = orders.id and documents.document_type = 'invoice' and documents.sha256 is not null)
     order by shipped_at limit ?`,
    [since, limit],
  );
  return rows.map(({ id }) => id);
};

export type ReturnWithoutMemo = { readonly order_id: string; readonly return_id: string };

/** Returns that were settled with anything accepted at or after a moment, and whose credit memo is not ready. */
export const findReturnsWithoutMemo = async (
  db: Knex,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<readonly ReturnWithoutMemo[]> => {
  const { rows } = await db.raw<{ rows: readonly ReturnWithoutMemo[] }>(
    `select order_id, id as return_id from return_list as returns
     where credited_at >= ?
       and not exists (
         select from document_list as documents where documents.return_id = returns.id and documents.sha256 is not null)
     order by credited_at limit ?`,
    [since, limit],
  );
  return rows;
};
