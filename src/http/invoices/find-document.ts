import { documentsCausedBy, type AsOf, type CausedDocument, type ReadStream } from '../../commands/index.ts';
import { documentDecider } from '../../domain/document/index.ts';
import type { Revision } from '../../event-store/port.ts';
import { documentStream } from '../../event-store/stream-names.ts';
import { issueCreditMemo, issueInvoice } from '../../processes/invoicing.ts';
import { canAccess } from '../../domain/shared/access.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import { mapAtMost } from '../../platform/map-at-most.ts';
import type { JobView } from '../../jobs/admin.ts';
import type { DocumentKey } from '../../documents/index.ts';
import type { DocumentRow } from '../../projections/documents/index.ts';
import type { DocumentSummary, NamedOrder, OrderDeps } from '../orders/deps.ts';
import { resolveId } from '../server/resolve-id.ts';
import type { Loading } from '../server/route.ts';
import type { InvoiceDeps } from './deps.ts';

/** Folds a document's stream: as it is, or as it was. */
export const readDocument = async (
  readStream: ReadStream,
  id: string,
  asOf?: AsOf,
): Promise<DocumentRow | undefined> => {
  const found = await readStream(documentDecider, documentStream(id), asOf);
  if (found === undefined || found.state.status === 'none') return undefined;
  const { request, requested_at, rendering } = found.state;
  const { series: _series, year: _year, after: _after, as_of: _asOf, ...caused } = request;
  const { number = null, file_name = null, size = null, sha256 = null } = rendering ?? {};
  return { id, ...caused, requested_at, number, file_name, size, sha256 };
};

/** Finds the document that a path names. */
export const loadDocument =
  (deps: Pick<InvoiceDeps, 'readStream' | 'findDocumentIdByNumber'>) =>
  async ({ caller, params }: Loading): Promise<DocumentRow | undefined> => {
    const documentId = await resolveId(params['id'] ?? '', deps.findDocumentIdByNumber);
    const found = documentId === undefined ? undefined : await readDocument(deps.readStream, documentId);
    return found !== undefined && canAccess(caller, found) ? found : undefined;
  };

export type DocumentWithKey = { readonly document: DocumentRow; readonly key: DocumentKey | undefined };

/** The same with the key that seals it. One of an erased customer is for admins and auditors only. */
export const loadWithKey = (deps: Pick<InvoiceDeps, 'readStream' | 'findDocumentIdByNumber' | 'keysOf'>) => {
  const load = loadDocument(deps);
  return async (loading: Loading): Promise<DocumentWithKey | undefined> => {
    const document = await load(loading);
    if (document === undefined) return undefined;
    const key = document.sha256 === null ? undefined : (await deps.keysOf([document.id])).get(document.id);
    const isOpen = key === undefined || key.state === 'open';
    return isOpen || loading.caller.role !== 'customer' ? { document, key } : undefined;
  };
};

/** Revision of the order's event that caused a document. */
export const causeOf = async (readStream: ReadStream, id: string): Promise<Revision> => {
  const found = await readStream(documentDecider, documentStream(id));
  if (found === undefined || found.state.status === 'none') throw new Error(`document ${id} does not fold`);
  return BigInt(found.state.request.as_of);
};

export type Progress = { readonly status: 'pending' | 'ready' | 'failed'; readonly reason: string | null };

/** Whether it is there, still on its way, or waits for a job that keeps failing. */
const progressOf = (isRendered: boolean, job: JobView | undefined): Progress => {
  if (isRendered) return { status: 'ready', reason: null };
  return job?.state === 'failed' ? { status: 'failed', reason: job.reason } : { status: 'pending', reason: null };
};

type Caused = Pick<CausedDocument, 'document_type' | 'order_id' | 'credit_id' | 'shipment_id'>;

/** The job that makes a document. */
const jobKeyOf = ({ document_type, order_id, credit_id, shipment_id }: Caused): string =>
  document_type === 'invoice' ? issueInvoice.jobKey(shipment_id ?? order_id) : issueCreditMemo.jobKey(credit_id ?? '');

export const progress = async (
  { findJobByKey }: Pick<InvoiceDeps, 'findJobByKey'>,
  document: Caused & Pick<DocumentRow, 'sha256'>,
): Promise<Progress> => {
  const isRendered = document.sha256 !== null;
  return progressOf(isRendered, isRendered ? undefined : await findJobByKey(jobKeyOf(document)));
};

type FindDocumentsDeps = Pick<InvoiceDeps, 'readStream' | 'findJobByKey'> & {
  /** From the read model. */
  readonly documentsOfOrders: (orderIds: readonly string[]) => Promise<readonly DocumentRow[]>;
};

export const DOCUMENTS_AT_ONCE = 8;

/**
 * What shipped orders say of their documents: one from the streams, always current, many from the read model; those of
 * the past from the streams.
 */
export const createFindDocuments = (deps: FindDocumentsDeps): OrderDeps['findDocuments'] => {
  type Found = { readonly expected: CausedDocument; readonly row: DocumentRow | undefined };

  /** A document of the past was there or was on its way: its job only says what is now. */
  const summary = async ({ expected, row }: Found, at: Instant | undefined): Promise<DocumentSummary> => {
    const { id, document_type: type } = expected;
    const sha256 = row?.sha256 ?? null;
    const { status, reason } =
      at === undefined ? await progress(deps, { ...expected, sha256 }) : progressOf(sha256 !== null, undefined);
    return { id, type, status, number: row?.number ?? null, reason };
  };

  const findRows = (orders: readonly NamedOrder[], expected: readonly CausedDocument[], at: Instant | undefined) =>
    orders.length === 1 || at !== undefined
      ? mapAtMost(DOCUMENTS_AT_ONCE, expected, ({ id }) =>
          readDocument(deps.readStream, id, at === undefined ? undefined : { at }),
        )
      : deps.documentsOfOrders(orders.map(({ id }) => id));

  return async (orders, at) => {
    const caused = orders.map(({ id, order }) => [id, documentsCausedBy(id, order)] as const);
    const all = await findRows(
      orders,
      caused.flatMap(([, documents]) => documents),
      at,
    );
    const rows = new Map(all.flatMap((row) => (row === undefined ? [] : [[row.id, row] as const])));
    const summaries = (documents: readonly CausedDocument[]) =>
      Promise.all(documents.map((expected) => summary({ expected, row: rows.get(expected.id) }, at)));
    return new Map(await Promise.all(caused.map(async ([id, documents]) => [id, await summaries(documents)] as const)));
  };
};
