import { Type, type Static } from '@sinclair/typebox';
import { documentIdOf } from '../../commands/documents.ts';
import { canAccess } from '../../domain/shared/access.ts';
import type { DocumentFilters, DocumentRow } from '../../projections/documents/index.ts';
import type { Caller } from '../server/caller.ts';
import { progress, readDocument } from './find-document.ts';
import { invoiceBody } from './invoice-body.ts';
import type { InvoiceDeps } from './invoice-deps.ts';
import { findOrder, type FoundOrder } from '../orders/find-order.ts';
import { cursorsOf, pageHeaders, readPaging } from '../server/paging.ts';
import { problem } from '../server/problem.ts';
import { resolveId } from '../server/resolve-id.ts';
import { findReturn, type FoundReturn } from '../returns/find-return.ts';
import { route, type Loading, type Reply, type Route } from '../server/route.ts';
import { queryInstant, readQueryInstant, strictObject } from '../server/schemas/fields.ts';
import { invoiceResponse } from './schemas.ts';
import { paging } from '../server/schemas/paging.ts';
import { creditMemoExample, invoiceExample } from './examples.ts';

const TAG = 'Invoices';
const READERS = { customer: 'own', admin: 'any', auditor: 'any' } as const;

const id = (description: string) => Type.String({ minLength: 1, maxLength: 255, description });

const listQuery = strictObject({
  order_id: Type.Optional(id('UUID or number of the order.')),
  return_id: Type.Optional(id('UUID or number of the return.')),
  type: Type.Optional(Type.Unsafe<'order' | 'return'>({ type: 'string', enum: ['order', 'return'] })),
  issued_from: Type.Optional(queryInstant({ description: 'Issued at or after.' })),
  issued_to: Type.Optional(queryInstant({ description: 'Issued at or before.' })),
  ...paging,
});

const ofInvoice = async (deps: InvoiceDeps, document: DocumentRow) =>
  invoiceBody(document, await progress(deps, document));

const loadInvoice =
  (deps: InvoiceDeps) =>
  async ({ caller, params }: Loading): Promise<DocumentRow | undefined> => {
    const documentId = await resolveId(params['id'] ?? '', deps.findDocumentIdByNumber);
    const found = documentId === undefined ? undefined : await readDocument(deps.readStream, documentId);
    return found !== undefined && canAccess(caller, found) ? found : undefined;
  };

const loadOrder =
  ({ readStream, findOrderIdByNumber }: InvoiceDeps) =>
  ({ caller, params }: Loading): Promise<FoundOrder | undefined> =>
    findOrder({ readStream, findIdByNumber: findOrderIdByNumber }, caller, params['order_id'] ?? '');

const loadReturn =
  ({ readStream, findReturnIdByNumber }: InvoiceDeps) =>
  ({ caller, params }: Loading): Promise<FoundReturn | undefined> =>
    findReturn({ readStream, findIdByNumber: findReturnIdByNumber }, caller, params['return_id'] ?? '');

/** Undefined: what is asked for does not exist, so nothing can match. */
const filtersOf = async (
  deps: InvoiceDeps,
  query: Static<typeof listQuery>,
  caller: Caller,
): Promise<DocumentFilters | undefined> => {
  const { order_id, return_id, type, issued_from, issued_to } = query;
  const order = order_id === undefined ? undefined : await resolveId(order_id, deps.findOrderIdByNumber);
  const one = return_id === undefined ? undefined : await resolveId(return_id, deps.findReturnIdByNumber);
  if ((order_id !== undefined && order === undefined) || (return_id !== undefined && one === undefined)) {
    return undefined;
  }
  const from = issued_from === undefined ? undefined : readQueryInstant(issued_from);
  const to = issued_to === undefined ? undefined : readQueryInstant(issued_to);
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

const download = async (deps: InvoiceDeps, document: DocumentRow): Promise<Reply> => {
  const { status } = await progress(deps, document);
  if (status === 'failed') {
    const detail = 'The document could not be made yet; it is tried again. GET /admin/jobs says why.';
    throw problem('document.failed', detail, { headers: { 'Retry-After': '30' } });
  }
  const file = status === 'ready' ? await deps.findFile(document.id) : undefined;
  if (file === undefined) {
    const detail = 'The document is being made. Ask again in a moment.';
    throw problem('document.rendering', detail, { headers: { 'Retry-After': '1' } });
  }
  return {
    status: 200,
    content: Buffer.from(file.bytes),
    headers: {
      'Content-Type': 'application/pdf',
      'Content-Disposition': `attachment; filename="${file.file_name}"`,
    },
  };
};

const listRoute = (deps: InvoiceDeps): Route =>
  route(
    {
      methods: ['GET'],
      path: '/invoices',
      operationId: 'listInvoices',
      tag: TAG,
      summary: 'List invoices and credit memos',
      description: 'Newest first. Customers see their own.',
      permission: READERS,
      query: listQuery,
      readModels: ['document_list'],
      answers: {
        200: {
          description: 'A page.',
          body: Type.Array(invoiceResponse),
          example: [invoiceExample, creditMemoExample],
        },
      },
    },
    async ({ query, caller, path, search }) => {
      const filters = await filtersOf(deps, query, caller);
      const where = readPaging(query, cursorsOf(deps.decodeCursor, 'document_list'));
      const page = filters === undefined ? NONE : await deps.list({ filters, ...where });
      const body = await Promise.all(
        page.rows.map(async (document) => invoiceBody(document, await progress(deps, document))),
      );
      return { status: 200, headers: pageHeaders({ path, search, ...page }), body };
    },
  );

export const invoiceRoutes = (deps: InvoiceDeps): readonly Route[] => {
  const one = {
    params: strictObject({ id: id('UUID or printed number.') }),
    load: loadInvoice(deps),
    tag: TAG,
  } as const;
  const answers = {
    200: { description: 'None yet, or one.', body: Type.Array(invoiceResponse), example: [invoiceExample] },
  };
  return [
    listRoute(deps),
    route(
      {
        methods: ['GET'],
        path: '/invoices/order/:order_id',
        operationId: 'listOrderInvoices',
        tag: TAG,
        summary: 'The invoice of an order',
        permission: READERS,
        params: strictObject({ order_id: id('UUID or number of the order.') }),
        load: loadOrder(deps),
        answers,
      },
      async ({ subject }) => {
        const found = await readDocument(deps.readStream, documentIdOf('invoice', subject.id));
        return { status: 200, body: found === undefined ? [] : [await ofInvoice(deps, found)] };
      },
    ),
    route(
      {
        methods: ['GET'],
        path: '/invoices/return/:return_id',
        operationId: 'listReturnInvoices',
        tag: TAG,
        summary: 'The credit memo of a return',
        permission: READERS,
        params: strictObject({ return_id: id('UUID or number of the return.') }),
        load: loadReturn(deps),
        answers: { 200: { ...answers[200], example: [creditMemoExample] } },
      },
      async ({ subject }) => {
        const found = await readDocument(deps.readStream, documentIdOf('credit_memo', subject.id));
        return { status: 200, body: found === undefined ? [] : [await ofInvoice(deps, found)] };
      },
    ),
    route(
      {
        ...one,
        methods: ['GET'],
        path: '/invoices/:id',
        operationId: 'getInvoice',
        summary: 'Read an invoice or credit memo',
        permission: READERS,
        answers: { 200: { description: 'It.', body: invoiceResponse, example: invoiceExample } },
      },
      async ({ subject }) => ({ status: 200, body: await ofInvoice(deps, subject) }),
    ),
    route(
      {
        ...one,
        methods: ['GET'],
        path: '/invoices/:id/download',
        operationId: 'downloadInvoice',
        summary: 'Download the PDF',
        description: 'While it is being made: 409 with Retry-After.',
        refuses: [409],
        permission: READERS,
        answers: { 200: { description: 'The document.', contentType: 'application/pdf' } },
      },
      ({ subject }) => download(deps, subject),
    ),
  ];
};
