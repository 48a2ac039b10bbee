import { documentsCausedBy, type CausedDocument, type ReadStream } from '../../commands/index.ts';
import { documentDecider } from '../../domain/document/index.ts';
import { documentStream } from '../../event-store/stream-names.ts';
import { issueCreditMemo, issueInvoice } from '../../processes/invoicing.ts';
import type { JobView } from '../../jobs/admin.ts';
import type { DocumentRow } from '../../projections/documents/index.ts';
import type { DocumentSummary, NamedOrder, OrderDeps } from '../orders/deps.ts';
import type { InvoiceDeps } from './deps.ts';

/** Folds a document's stream: always current. */
export const readDocument = async (readStream: ReadStream, id: string): Promise<DocumentRow | undefined> => {
  const found = await readStream(documentDecider, documentStream(id));
  if (found === undefined || found.state.status === 'none') return undefined;
  const { request, requested_at, rendering } = found.state;
  const { series: _series, year: _year, after: _after, as_of: _asOf, ...caused } = request;
  const { number = null, file_name = null, size = null, sha256 = null } = rendering ?? {};
  return { id, ...caused, requested_at, number, file_name, size, sha256 };
};

export type Progress = { readonly status: 'pending' | 'ready' | 'failed'; readonly reason: string | null };

/** Whether it is there, still on its way, or waits for a job that keeps failing. */
const progressOf = (isRendered: boolean, job: JobView | undefined): Progress => {
  if (isRendered) return { status: 'ready', reason: null };
  return job?.state === 'failed' ? { status: 'failed', reason: job.reason } : { status: 'pending', reason: null };
};

type Caused = Pick<CausedDocument, 'document_type' | 'order_id' | 'credit_id'>;

/** The job that makes a document. */
const jobKeyOf = ({ document_type, order_id, credit_id }: Caused): string =>
  document_type === 'invoice' ? issueInvoice.jobKey(order_id) : issueCreditMemo.jobKey(credit_id ?? '');

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

/** What shipped orders say of their documents: one from the streams, always current, many from the read model. */
export const createFindDocuments = (deps: FindDocumentsDeps): OrderDeps['findDocuments'] => {
  const summary = async (expected: CausedDocument, found: DocumentRow | undefined): Promise<DocumentSummary> => {
    const { id, document_type: type } = expected;
    const { status, reason } = await progress(deps, { ...expected, sha256: found?.sha256 ?? null });
    return { id, type, status, number: found?.number ?? null, reason };
  };
  const find = async (orders: readonly NamedOrder[], expected: readonly CausedDocument[]) => {
    const rows =
      orders.length === 1
        ? await Promise.all(expected.map(({ id }) => readDocument(deps.readStream, id)))
        : await deps.documentsOfOrders(orders.map(({ id }) => id));
    return new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.id, row] as const])));
  };
  return async (orders) => {
    const expected = orders.map(({ id, order }) => [id, documentsCausedBy(id, order)] as const);
    const rows = await find(
      orders,
      expected.flatMap(([, documents]) => documents),
    );
    return new Map(
      await Promise.all(
        expected.map(
          async ([id, documents]) =>
            [id, await Promise.all(documents.map((document) => summary(document, rows.get(document.id))))] as const,
        ),
      ),
    );
  };
};
