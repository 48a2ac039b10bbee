import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

export type DocumentFile = {
  readonly file_name: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
};

/** Where documents' bytes are kept. */
export type DocumentFiles = {
  readonly find: (documentId: string) => Promise<DocumentFile | undefined>;
  /** The first bytes kept are the document: a second caller gets those. */
  readonly keep: (documentId: string, file: DocumentFile) => Promise<DocumentFile>;
};

type Row = {
  readonly document_id: string;
  readonly file_name: string;
  readonly sha256: string;
  readonly bytes: Buffer;
};

export const findDocumentFile = async (db: Knex, documentId: string): Promise<DocumentFile | undefined> =>
  db<Row>('document_files').where('document_id', documentId).first('file_name', 'sha256', 'bytes');

export const documentFile = (file_name: string, bytes: Uint8Array): DocumentFile => ({
  file_name,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes,
});

/**
 * Keeps a document's bytes. The first bytes kept are the document: a second caller, after a crash or at the same
 * moment, is answered those.
 */
export const keepDocumentFile = async (db: Knex, documentId: string, file: DocumentFile): Promise<DocumentFile> => {
  const row = { document_id: documentId, ...file, bytes: Buffer.from(file.bytes) };
  await db<Row>('document_files').insert(row).onConflict('document_id').ignore();
  const kept = await findDocumentFile(db, documentId);
  if (kept === undefined) throw new Error('a document file vanished while it was being kept');
  return kept;
};

export const documentFilesIn = (db: Knex): DocumentFiles => ({
  find: (documentId) => findDocumentFile(db, documentId),
  keep: (documentId, file) => keepDocumentFile(db, documentId, file),
});
