import type { Knex } from 'knex';
import type { DocumentType } from '../../domain/document/index.ts';
import { COUNTED_TO, type Total } from '../orders/count-orders.ts';
import { encodeCursor, type Cursor } from '../list/cursor.ts';
import type { DocumentRow } from './document-list.ts';

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

export type ListDocuments = {
  readonly filters: DocumentFilters;
  readonly limit: number;
  readonly offset?: number;
  readonly cursor?: Cursor;
  /** Counts to the end, however many match. Default false. */
  readonly exactCount?: boolean;
};

export type DocumentPage = {
  readonly documents: readonly DocumentRow[];
  readonly total: Total;
  /** Cursors of the neighbouring pages, when there are any. */
  readonly next: string | undefined;
  readonly previous: string | undefined;
};

type Stored = Omit<DocumentRow, 'requested_at'> & { readonly requested_at: Date };
const fromStored = (row: Stored): DocumentRow => ({ ...row, requested_at: row.requested_at.toISOString() });

const matching = (db: Knex, { issued_from, issued_to, ...equal }: DocumentFilters) => {
  const rows = db<Stored>('document_list').where(equal);
  if (issued_from !== undefined) void rows.where('requested_at', '>=', issued_from);
  if (issued_to !== undefined) void rows.where('requested_at', '<=', issued_to);
  return rows;
};

const countDocuments = async (db: Knex, filters: DocumentFilters, exact: boolean): Promise<Total> => {
  const counted = matching(db, filters).select('id');
  if (!exact) void counted.limit(COUNTED_TO + 1);
  const row = await db.from(counted.as('counted')).count<{ n: string }[]>({ n: '*' }).first();
  const count = Number(row?.n ?? 0);
  return !exact && count > COUNTED_TO ? { count: COUNTED_TO, exact: false } : { count, exact: true };
};

/** Documents, newest first. A cursor's page costs the same however deep it lies. */
export const listDocuments = async (db: Knex, query: ListDocuments): Promise<DocumentPage> => {
  const { filters, limit, offset = 0, cursor, exactCount = false } = query;
  const backwards = cursor?.direction === 'previous';
  const order = backwards ? 'asc' : 'desc';
  const page = matching(db, filters)
    .select()
    .orderBy([
      { column: 'requested_at', order },
      { column: 'id', order },
    ]);
  if (cursor !== undefined)
    void page.whereRaw(`(requested_at, id) ${backwards ? '>' : '<'} (?::timestamptz, ?::uuid)`, [
      cursor.value,
      cursor.id,
    ]);
  const [found, total] = await Promise.all([
    page.limit(limit + 1).offset(offset) as Promise<readonly Stored[]>,
    countDocuments(db, filters, exactCount),
  ]);
  const inWalk = found.slice(0, limit).map(fromStored);
  const documents = backwards ? inWalk.toReversed() : inWalk;

  const hasMore = found.length > limit;
  const cursorAt = (row: DocumentRow | undefined, direction: Cursor['direction']): string | undefined =>
    row && encodeCursor({ list: 'document_list', sort: '-created_at', value: row.requested_at, id: row.id, direction });
  const hasPrevious = backwards ? hasMore : cursor !== undefined || offset > 0;
  return {
    documents,
    total,
    next: backwards || hasMore ? cursorAt(documents.at(-1), 'next') : undefined,
    previous: hasPrevious ? cursorAt(documents[0], 'previous') : undefined,
  };
};

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
