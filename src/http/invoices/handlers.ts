import type { Static } from '@sinclair/typebox';
import { documentIdOf, documentsCausedBy } from '../../commands/index.ts';
import type { DocumentKey } from '../../documents/index.ts';
import { mapAtMost } from '../../platform/map-at-most.ts';
import type { DocumentFilters, DocumentRow } from '../../projections/documents/index.ts';
import type { NamedOrder } from '../orders/deps.ts';
import { loadOrder } from '../orders/find-order.ts';
import { loadReturn } from '../returns/find-return.ts';
import type { Caller } from '../server/caller.ts';
import { cursorsOf, pageHeaders, readPaging } from '../server/paging.ts';
import { problem } from '../server/problem.ts';
import { resolveId } from '../server/resolve-id.ts';
import { bind, type Bound, type Reply, type RequestFacts } from '../server/route.ts';
import { readSpan } from '../server/schemas/business-days.ts';
import { invoiceBody } from './body.ts';
import type { InvoiceDeps } from './deps.ts';
import { DOCUMENTS_AT_ONCE, loadWithKey, progress, readDocument, type DocumentWithKey } from './find-document.ts';
import { invoiceSpecs } from './routes.ts';
import type { listInvoicesQuery } from './schemas.ts';

const bodyOf = async (deps: InvoiceDeps, { document, key }: DocumentWithKey) =>
  invoiceBody(document, await progress(deps, document), key);

/** All keys are asked for at once. */
const bodiesOf = async (deps: InvoiceDeps, documents: readonly DocumentRow[]) => {
  const rendered = documents.flatMap(({ id, sha256 }) => (sha256 === null ? [] : [id]));
  const keys = rendered.length === 0 ? new Map<string, DocumentKey>() : await deps.keysOf(rendered);
  return Promise.all(documents.map((document) => bodyOf(deps, { document, key: keys.get(document.id) })));
};

/** Undefined: what is asked for does not exist, so nothing can match. */
const filtersOf = async (
  deps: InvoiceDeps,
  query: Static<typeof listInvoicesQuery>,
  caller: Caller,
): Promise<DocumentFilters | undefined> => {
  const { order_id, return_id, type, issued_from, issued_to } = query;
  const order = order_id === undefined ? undefined : await resolveId(order_id, deps.findOrderIdByNumber);
  const one = return_id === undefined ? undefined : await resolveId(return_id, deps.findReturnIdByNumber);
  if ((order_id !== undefined && order === undefined) || (return_id !== undefined && one === undefined)) {
    return undefined;
  }
  const { from, to } = readSpan({ from: issued_from, to: issued_to }, deps.businessTimeZone);
  return {
    ...(caller.role === 'customer' && { customer_id: caller.id }),
    ...(order !== undefined && { order_id: order }),
    ...(one !== undefined && { return_id: one }),
    ...(type !== undefined && { document_type: type === 'order' ? ('invoice' as const) : ('credit_memo' as const) }),
    ...(from !== undefined && { issued_from: from }),
    ...(to !== undefined && { issued_to: to }),
  };
};

const NONE = { rows: [], total: { count: 0, exact: true }, next: undefined, previous: undefined };

type Downloading = Pick<RequestFacts, 'context'> & { readonly subject: DocumentWithKey };

const download = async (deps: InvoiceDeps, { subject, context }: Downloading): Promise<Reply> => {
  const { document, key } = subject;
  if (key?.state === 'destroyed')
    throw problem('document.destroyed', 'The document need not be kept any longer, and was destroyed.');
  const { status } = await progress(deps, document);
  if (status === 'failed') {
    const detail = 'The document could not be made; Waybill will try again. GET /admin/jobs shows the reason.';
    throw problem('document.failed', detail, { headers: { 'Retry-After': '30' } });
  }
  const file = status === 'ready' ? await deps.findFile(document.id) : undefined;
  if (file === undefined) {
    const detail = 'The document is being made. Try again shortly.';
    throw problem('document.rendering', detail, { headers: { 'Retry-After': '1' } });
  }
  if (key?.state === 'restricted') await deps.recordRead(document.id, context);
  return {
    status: 200,
    content: Buffer.from(file.bytes),
    headers: {
      'Content-Type': 'application/pdf',
      'Content-Disposition': `attachment; filename="${file.file_name}"`,
    },
  };
};

/** Those of the documents that were asked for so far. */
const documentsOf = async (deps: InvoiceDeps, ids: readonly string[]): Promise<Reply> => {
  const found = await mapAtMost(DOCUMENTS_AT_ONCE, ids, (id) => readDocument(deps.readStream, id));
  const known = found.filter((document) => document !== undefined);
  return { status: 200, body: await bodiesOf(deps, known) };
};

/** The invoice of an order, or those of its shipments. */
const invoicesOf = ({ id, order }: NamedOrder): readonly string[] =>
  documentsCausedBy(id, order)
    .filter(({ document_type }) => document_type === 'invoice')
    .map((document) => document.id);

export const bindInvoices = (deps: InvoiceDeps): Bound<typeof invoiceSpecs> => {
  const load = loadWithKey(deps);
  return bind(invoiceSpecs, {
    listInvoices: {
      handle: async ({ query, caller, path, search }) => {
        const filters = await filtersOf(deps, query, caller);
        const where = readPaging(query, cursorsOf(deps.decodeCursor, 'document_list'));
        const page = filters === undefined ? NONE : await deps.list({ filters, ...where });
        return { status: 200, headers: pageHeaders({ path, search, ...page }), body: await bodiesOf(deps, page.rows) };
      },
    },
    listOrderInvoices: {
      load: loadOrder(deps, 'order_id'),
      handle: ({ subject }) => documentsOf(deps, invoicesOf(subject)),
    },
    listReturnInvoices: {
      load: loadReturn(deps, 'return_id'),
      handle: ({ subject }) => documentsOf(deps, [documentIdOf('credit_memo', subject.id)]),
    },
    getInvoice: { load, handle: async ({ subject }) => ({ status: 200, body: await bodyOf(deps, subject) }) },
    downloadInvoice: { load, handle: (input) => download(deps, input) },
  });
};
