import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { DataKeys } from '../platform/data-keys.ts';
import { seal, unseal } from '../platform/seal.ts';

export type DocumentFile = {
  readonly file_name: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
};

/** The owner of the key that seals a document: an erasure keeps the books of a year for as long as the law requires. */
export type BooksOf = { readonly customer_id: string; readonly year: number };

/**
 * The key that seals a document. `restricted`: its customer was erased, and only admins and auditors may read it.
 * `destroyed`: it cannot be read any more.
 */
export type DocumentKey = { readonly key_id: string; readonly state: 'open' | 'restricted' | 'destroyed' };

/** Stores the bytes of documents. */
export type DocumentFiles = {
  readonly find: (documentId: string) => Promise<DocumentFile | undefined>;
  /** Of those of these documents that are stored. */
  readonly keysOf: (documentIds: readonly string[]) => Promise<ReadonlyMap<string, DocumentKey>>;
  /** The first stored bytes are the document: a second caller gets the same bytes. */
  readonly keep: (documentId: string, file: DocumentFile, books: BooksOf) => Promise<DocumentFile>;
};

type Row = {
  readonly document_id: string;
  readonly file_name: string;
  readonly sha256: string;
  readonly key_id: string;
  readonly sealed: Buffer;
};

export const documentFile = (file_name: string, bytes: Uint8Array): DocumentFile => ({
  file_name,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes,
});

const boundOf = (documentId: string): string => `document/${documentId}`;

/** Documents in PostgreSQL, sealed when they are kept. */
export const documentFilesIn = (db: Knex, keys: DataKeys): DocumentFiles => {
  const find = async (documentId: string): Promise<DocumentFile | undefined> => {
    const row = await db<Row>('document_files').where('document_id', documentId).first();
    const key = row === undefined ? undefined : (await keys.byId([row.key_id])).get(row.key_id);
    if (row === undefined || key === undefined) return undefined;
    const { file_name, sha256, sealed } = row;
    return { file_name, sha256, bytes: unseal(key.key, sealed, boundOf(documentId)) };
  };
  return {
    find,
    keysOf: async (documentIds) => {
      const { rows } = await db.raw<{ rows: readonly (DocumentKey & { document_id: string })[] }>(
        `select f.document_id, f.key_id, case when k.wrapped is null then 'destroyed'
           when k.restricted_at is null then 'open' else 'restricted' end as state
         from document_files f join data_keys k on k.id = f.key_id where f.document_id = any(?::uuid[])`,
        [[...documentIds]],
      );
      return new Map(rows.map(({ document_id, key_id, state }) => [document_id, { key_id, state }]));
    },
    keep: async (documentId, { file_name, sha256, bytes }, { customer_id, year }) => {
      const { id: key_id, key } = await keys.forBooks(customer_id, year);
      const row = { document_id: documentId, file_name, sha256, key_id, sealed: seal(key, bytes, boundOf(documentId)) };
      await db<Row>('document_files').insert(row).onConflict('document_id').ignore();
      const kept = await find(documentId);
      if (kept === undefined) throw new Error('a document file vanished while it was being kept');
      return kept;
    },
  };
};
