import { documentIdOf } from '../../commands/documents.ts';
import type { ReadStream } from '../../commands/read.ts';
import { documentDecider } from '../../domain/document/index.ts';
import { documentStream } from '../../event-store/stream-names.ts';
import type { JobView } from '../../jobs/admin.ts';
import type { DocumentRow } from '../../projections/document-list.ts';
import type { DocumentSummary } from '../orders/order-body.ts';
import type { OrderDeps } from '../orders/order-deps.ts';
import type { InvoiceDeps } from './invoice-deps.ts';

/** Folds a document's stream: always current. */
export const readDocument = async (readStream: ReadStream, id: string): Promise<DocumentRow | undefined> => {
  const found = await readStream(documentDecider, documentStream(id));
  if (found === undefined || found.state.status === 'none') return undefined;
  const { request, requested_at, rendering } = found.state;
  const { document_type, order_id, return_id, customer_id } = request;
  const { number = null, file_name = null, size = null, sha256 = null } = rendering ?? {};
  return { id, document_type, order_id, return_id, customer_id, requested_at, number, file_name, size, sha256 };
};

export type Progress = { readonly status: 'pending' | 'ready' | 'failed'; readonly reason: string | null };

/** Whether it is there, still on its way, or waits for a job that keeps failing. */
const progressOf = (isRendered: boolean, job: JobView | undefined): Progress => {
  if (isRendered) return { status: 'ready', reason: null };
  return job?.state === 'failed' ? { status: 'failed', reason: job.reason } : { status: 'pending', reason: null };
};

export const progress = async (
  { findJobByKey }: Pick<InvoiceDeps, 'findJobByKey'>,
  { order_id, sha256 }: { readonly order_id: string; readonly sha256: string | null },
): Promise<Progress> =>
  progressOf(sha256 !== null, sha256 === null ? await findJobByKey(`issue-invoice:${order_id}`) : undefined);

type FindDocumentsDeps = Pick<InvoiceDeps, 'readStream' | 'findJobByKey'> & {
  /** From the read model. */
  readonly documentsOfOrders: (orderIds: readonly string[]) => Promise<readonly DocumentRow[]>;
};

/** What shipped orders say of their invoice: one from its stream, always current, many from the read model. */
export const createFindDocuments = (deps: FindDocumentsDeps): OrderDeps['findDocuments'] => {
  const summary = async (orderId: string, found: DocumentRow | undefined): Promise<DocumentSummary> => {
    const { status, reason } = await progress(deps, { order_id: orderId, sha256: found?.sha256 ?? null });
    const id = documentIdOf('invoice', orderId);
    return { id, type: 'invoice', status, number: found?.number ?? null, reason };
  };
  const invoices = async (ids: readonly string[]): Promise<ReadonlyMap<string, DocumentRow>> => {
    const [only] = ids;
    const rows =
      ids.length === 1 && only !== undefined
        ? [await readDocument(deps.readStream, documentIdOf('invoice', only))]
        : await deps.documentsOfOrders(ids);
    return new Map(rows.flatMap((row) => (row?.document_type === 'invoice' ? [[row.order_id, row] as const] : [])));
  };
  return async (orders) => {
    const found = await invoices(orders.map(({ id }) => id));
    return new Map(await Promise.all(orders.map(async ({ id }) => [id, [await summary(id, found.get(id))]] as const)));
  };
};
