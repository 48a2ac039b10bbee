import { Type } from '@sinclair/typebox';
import {
  documentIdOf,
  documentsCausedBy,
  findEvent,
  isOf,
  processContext,
  type DocumentCommands,
  type DocumentRequest,
  type IssuedDocument,
  type ReadStream,
} from '../commands/index.ts';
import {
  creditMemoDataOf,
  documentFile,
  invoiceDataOf,
  type Credited,
  type DocumentFile,
  type DocumentFiles,
  type DocumentSettings,
} from '../documents/index.ts';
import { needsCreditMemo, yearOfDocument } from '../domain/document/index.ts';
import type { DomainEvent } from '../domain/events.ts';
import {
  isPlaced,
  orderFold,
  type ItemsShipped,
  type Order,
  type OrderCredited,
  type OrderOutForDelivery,
  type OrderShipped,
  type ReturnSettled,
} from '../domain/order/index.ts';
import { isInitiated, returnDecider, type Return } from '../domain/return/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import type { EventContext } from '../event-store/codec.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream, returnStream, streamId } from '../event-store/stream-names.ts';
import { defineThingProcess } from './engine/process.ts';

type InvoicingDeps = {
  readonly readStream: ReadStream;
  readonly files: DocumentFiles;
  readonly documents: DocumentCommands;
  readonly settings: DocumentSettings;
  readonly now: () => Instant;
};

type Rendering = {
  readonly request: DocumentRequest;
  readonly file_name: string;
  readonly render: (issued: IssuedDocument) => Promise<Uint8Array>;
};

/**
 * The bytes of an issued document: those kept before, else newly rendered. What was recorded once is never replaced.
 */
const fileOf = async (files: DocumentFiles, issued: IssuedDocument, { request, file_name, render }: Rendering) => {
  const kept = await files.find(issued.id);
  if (kept !== undefined) return kept;
  const file: DocumentFile = documentFile(file_name, await render(issued));
  if (issued.rendering !== null && issued.rendering.sha256 !== file.sha256)
    throw new Error(
      `${issued.number} was issued with other bytes, which are lost: restore document_files from a backup`,
    );
  return files.keep(issued.id, file, { customer_id: request.customer_id, year: yearOfDocument(issued.number) });
};

/**
 * Issues a legal document: asked for, numbered, rendered, kept, recorded. Each step finds what an earlier run has done.
 */
const issueDocument = async (
  { files, documents }: Pick<InvoicingDeps, 'files' | 'documents'>,
  rendering: Rendering,
  context: EventContext,
): Promise<void> => {
  const issued = await documents.issue(rendering.request, context);
  const { sha256, bytes, file_name } = await fileOf(files, issued, rendering);
  await documents.recordRendering(issued.id, { number: issued.number, file_name, sha256, size: bytes.length }, context);
};

/** Goods that leave the house, by carrier or by courier. */
const SHIPPING = ['OrderShipped', 'ItemsShipped', 'OrderOutForDelivery'] as const;

/** The printed order: its state right after the event that caused the document. */
type Cause<E extends DomainEvent> = {
  readonly order: Order;
  readonly recorded: Recorded<E>;
  readonly request: DocumentRequest;
  /** All of the order's events, as of now. */
  readonly events: readonly Recorded[];
};

const causeOf = async <E extends DomainEvent>(
  readStream: ReadStream,
  { order_id, id }: { readonly order_id: string; readonly id: string },
  find: (events: readonly Recorded[]) => Recorded<E> | undefined,
): Promise<Cause<E>> => {
  const whole = await readStream(orderFold, orderStream(order_id));
  const events = (await whole?.events()) ?? [];
  const recorded = find(events);
  if (recorded === undefined) throw new Error(`order ${order_id} has not caused document ${id}`);
  const then = await readStream(orderFold, orderStream(order_id), { revision: recorded.revision });
  const order = then?.state;
  if (order === undefined || !isPlaced(order)) throw new Error(`order ${order_id} does not fold`);
  const caused = documentsCausedBy(order_id, order).find((document) => document.id === id);
  if (caused === undefined) throw new Error(`order ${order_id} has caused no document ${id}`);
  const request = { ...caused, customer_id: order.customer_id, as_of: recorded.revision };
  return { order, recorded, request, events };
};

/** Without a shipment: the invoice of the order. */
type InvoiceSubject = { readonly order_id: string; readonly shipment_id?: string };

/** The invoice that an event causes: with parts it is that of its shipment. */
const subjectOf = (order_id: string, { invoice, shipment_id }: ShippingData): InvoiceSubject | undefined =>
  invoice === null ? undefined : invoiceSubject(order_id, invoice.parts === undefined ? null : shipment_id);

export const invoiceSubject = (order_id: string, shipment_id: string | null): InvoiceSubject =>
  shipment_id === null ? { order_id } : { order_id, shipment_id };

type ShippingData = (OrderShipped | ItemsShipped | OrderOutForDelivery)['data'];

/** The event that causes an invoice: the one that shipped it. */
const invoiceCause = (readStream: ReadStream, { order_id, shipment_id }: InvoiceSubject) =>
  causeOf(readStream, { order_id, id: documentIdOf('invoice', shipment_id ?? order_id) }, (events) =>
    events.filter(isOf(...SHIPPING)).find(({ fact }) => {
      const subject = subjectOf(order_id, fact.data);
      return subject !== undefined && subject.shipment_id === shipment_id;
    }),
  );

/** Invoices of shipments are counted through each order, from the second on. */
const invoiceFileName = ({ order_number, invoices }: Order): string =>
  invoices.length === 1 ? `invoice_${order_number}.pdf` : `invoice_${order_number}-${invoices.length}.pdf`;

/** Issues an invoice when goods leave the house: the order's, or that of a shipment, whatever the status is now. */
export const issueInvoice = defineThingProcess({
  name: 'issue-invoice',
  on: { order: SHIPPING },
  payload: Type.Object({ order_id: Type.String(), shipment_id: Type.Optional(Type.String()) }),
  about: ({ order_id, shipment_id }) => shipment_id ?? order_id,
  ask: ({ stream, fact }) => subjectOf(streamId(stream), fact.data),
  run: async (subject, { readStream, now, ...deps }: InvoicingDeps) => {
    const { order, recorded, request } = await invoiceCause(readStream, subject);
    const file_name = invoiceFileName(order);
    const render = async (issued: IssuedDocument) => {
      // Fonts and their libraries are loaded for the first document, so that a worker is ready without them.
      const { renderInvoice } = await import('../documents/invoice.ts');
      return renderInvoice(invoiceDataOf(order, issued, deps.settings));
    };
    await issueDocument(deps, { request, file_name, render }, processContext('issue-invoice', recorded, now()));
  },
});

const CREDITING = ['ReturnSettled', 'OrderCredited'] as const;

type Crediting = ReturnSettled | OrderCredited;

/** The credit that an event books: a return's has the id of the return. */
const creditIdOf = ({ data }: Crediting): string => ('credit_id' in data ? data.credit_id : data.return_id);

/** The refunds that were decided together with a credit. Later refunds are not in the memo. */
const refundsWith = (cause: Recorded<Crediting>, events: readonly Recorded[]): Credited['refunds'] => {
  const next = events.find(({ revision }) => revision === cause.revision + 1n);
  if (next === undefined || !isOf('RefundAllocated')(next)) return [];
  const { causation_id, correlation_id } = cause.metadata;
  const isSameDecision = next.metadata.causation_id === causation_id && next.metadata.correlation_id === correlation_id;
  return isSameDecision && next.fact.data.credit_id === creditIdOf(cause.fact) ? next.fact.data.refunds : [];
};

/** The return that a credit settles, as it was when it was processed. */
const returnOf = async (readStream: ReadStream, return_id: string): Promise<Return> => {
  const steps = await readStream(returnDecider, returnStream(return_id));
  const processed = findEvent((await steps?.events()) ?? [], 'ReturnProcessed');
  if (processed === undefined) throw new Error(`return ${return_id} was never processed`);
  const one = await readStream(returnDecider, returnStream(return_id), { revision: processed.revision });
  if (one === undefined || !isInitiated(one.state)) throw new Error(`return ${return_id} does not fold`);
  return one.state;
};

/** Memos of credits without a return are counted through each order. */
const memoFileName = ({ order_number, credits }: Order, one: Return | null): string => {
  if (one !== null) return `credit_memo_${one.return_number}.pdf`;
  const memos = credits.filter((credit) => needsCreditMemo(credit) && credit.return_id === null);
  return `credit_memo_${order_number}-${memos.length}.pdf`;
};

/**
 * Issues the one credit memo of a credit that needs one. It refers to the invoices so far, which get their numbers here
 * if their own jobs are behind.
 */
export const issueCreditMemo = defineThingProcess({
  name: 'issue-credit-memo',
  on: { order: CREDITING },
  payload: Type.Object({ order_id: Type.String(), credit_id: Type.String() }),
  about: ({ credit_id }) => credit_id,
  ask: ({ stream, fact }) =>
    needsCreditMemo(fact.data) ? { order_id: streamId(stream), credit_id: creditIdOf(fact) } : undefined,
  run: async ({ order_id, credit_id }, { readStream, now, ...deps }: InvoicingDeps) => {
    const id = documentIdOf('credit_memo', credit_id);
    const { order, recorded, request, events } = await causeOf(readStream, { order_id, id }, (all) =>
      all.filter(isOf(...CREDITING)).find(({ fact }) => creditIdOf(fact) === credit_id),
    );
    const at = now();
    const numbers: string[] = [];
    for (const { shipment_id } of order.invoices) {
      const invoice = await invoiceCause(readStream, invoiceSubject(order_id, shipment_id));
      const { number } = await deps.documents.issue(
        invoice.request,
        processContext('issue-invoice', invoice.recorded, at),
      );
      numbers.push(number);
    }
    const invoice_number = numbers.join(', ');
    const one = request.return_id === null ? null : await returnOf(readStream, request.return_id);
    const credited: Credited = { order, credit_id, one, refunds: refundsWith(recorded, events), invoice_number };
    await issueDocument(
      deps,
      {
        request,
        file_name: memoFileName(order, one),
        render: async (issued) => {
          const { renderCreditMemo } = await import('../documents/credit-memo.ts');
          return renderCreditMemo(creditMemoDataOf(credited, issued, deps.settings));
        },
      },
      processContext('issue-credit-memo', recorded, at),
    );
  },
});

export const invoicing = [issueInvoice, issueCreditMemo] as const;
