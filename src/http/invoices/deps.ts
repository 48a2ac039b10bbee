import type { ReadStream } from '../../commands/index.ts';
import type { JobView } from '../../jobs/admin.ts';
import type { EventContext } from '../../event-store/codec.ts';
import type { DocumentFile, DocumentFiles } from '../../documents/index.ts';
import type { DocumentFilters, DocumentRow } from '../../projections/documents/index.ts';
import type { ListQuery, Page } from '../../projections/list/index.ts';
import type { OrderDeps } from '../orders/deps.ts';

/** What the invoice handlers work with. */
export type InvoiceDeps = Pick<OrderDeps, 'decodeCursor' | 'businessTimeZone'> & {
  readonly readStream: ReadStream;
  readonly findOrderIdByNumber: (number: string) => Promise<string | undefined>;
  /** The id behind a return number. */
  readonly findReturnIdByNumber: (number: string) => Promise<string | undefined>;
  /** The document behind a printed number. */
  readonly findDocumentIdByNumber: (number: string) => Promise<string | undefined>;
  readonly list: (query: ListQuery<DocumentFilters>) => Promise<Page<DocumentRow>>;
  readonly findJobByKey: (key: string) => Promise<JobView | undefined>;
  /** The keys that seal the bytes of documents, which say who may read them. */
  readonly keysOf: DocumentFiles['keysOf'];
  /** Records that a document of an erased customer was read. */
  readonly recordRead: (documentId: string, context: EventContext) => Promise<void>;
  readonly findFile: (documentId: string) => Promise<DocumentFile | undefined>;
};
