import { Type } from '@sinclair/typebox';
import {
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
import { needsCreditMemo } from '../domain/document/index.ts';
import { isPlaced, orderFold, type Order, type ReturnSettled } from '../domain/order/index.ts';
import { isInitiated, returnDecider } from '../domain/return/index.ts';
import type { Instant } from '../domain/shared/decider.ts';
import type { EventContext } from '../event-store/codec.ts';
import type { Revision } from '../event-store/port.ts';
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

/** The bytes of an issued document: those kept before, else newly rendered. What was recorded once is never replaced. */
const fileOf = async (files: DocumentFiles, issued: IssuedDocument, { file_name, render }: Rendering) => {
  const kept = await files.find(issued.id);
  if (kept !== undefined) return kept;
  const file: DocumentFile = documentFile(file_name, await render(issued));
  if (issued.rendering !== null && issued.rendering.sha256 !== file.sha256)
    throw new Error(
      `${issued.number} was issued with other bytes, which are lost: restore document_files from a backup`,
    );
  return files.keep(issued.id, file);
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
const SHIPPING = ['OrderShipped', 'OrderOutForDelivery'] as const;

type InvoiceCause = {
  /** As it was when it was shipped. */
  readonly order: Order;
  readonly request: DocumentRequest;
  readonly context: EventContext;
};

/** What the invoice of an order follows from: the first event that took the goods out of the house. */
const invoiceCause = async (readStream: ReadStream, order_id: string, at: Instant): Promise<InvoiceCause> => {
  const whole = await readStream(orderFold, orderStream(order_id));
  const shipping = whole?.events.find(isOf(...SHIPPING));
  if (shipping === undefined) throw new Error(`order ${order_id} was never shipped`);
  const shipped = await readStream(orderFold, orderStream(order_id), { revision: shipping.revision });
  if (shipped === undefined || !isPlaced(shipped.state)) throw new Error(`order ${order_id} does not fold`);
  const { customer_id } = shipped.state;
  return {
    order: shipped.state,
    request: { type: 'invoice', customer_id, order_id, return_id: null, as_of: shipping.revision },
    context: processContext('issue-invoice', shipping, at),
  };
};

/**
 * Issues the one invoice of an order, when goods leave the house: for the first of the two events, whatever the order's
 * status is now.
 */
export const issueInvoice = defineThingProcess({
  name: 'issue-invoice',
  on: { order: SHIPPING },
  payload: Type.Object({ order_id: Type.String() }),
  about: ({ order_id }) => order_id,
  ask: ({ stream }) => ({ order_id: streamId(stream) }),
  run: async ({ order_id }, { readStream, now, ...deps }: InvoicingDeps) => {
    const { order, request, context } = await invoiceCause(readStream, order_id, now());
    const file_name = `invoice_${order.order_number}.pdf`;
    const render = async (issued: IssuedDocument) => {
      // Fonts and their libraries are loaded for the first document, so that a worker is ready without them.
      const { renderInvoice } = await import('../documents/invoice.ts');
      return renderInvoice(invoiceDataOf(order, issued, deps.settings));
    };
    await issueDocument(deps, { request, file_name, render }, context);
  },
});

type Settlement = Omit<Credited, 'invoice_number'> & {
  readonly cause: Recorded<ReturnSettled>;
  /** Revision at which the return was processed. */
  readonly as_of: Revision;
};

const findSettlement = async (
  readStream: ReadStream,
  { order_id, return_id }: { readonly order_id: string; readonly return_id: string },
): Promise<Settlement> => {
  const whole = await readStream(orderFold, orderStream(order_id));
  const cause = findEvent(whole?.events ?? [], 'ReturnSettled', ({ fact }) => fact.data.return_id === return_id);
  if (cause === undefined) throw new Error(`order ${order_id} has not settled return ${return_id}`);
  const order = await readStream(orderFold, orderStream(order_id), { revision: cause.revision });
  const steps = await readStream(returnDecider, returnStream(return_id));
  const processed = findEvent(steps?.events ?? [], 'ReturnProcessed');
  if (processed === undefined) throw new Error(`return ${return_id} was never processed`);
  const as_of = processed.revision;
  const one = await readStream(returnDecider, returnStream(return_id), { revision: as_of });
  if (order === undefined || !isPlaced(order.state) || one === undefined || !isInitiated(one.state))
    throw new Error(`order ${order_id} or return ${return_id} does not fold`);
  return { order: order.state, one: one.state, settled: cause.fact.data, cause, as_of };
};

/**
 * Issues the one credit memo of a settled return, where it needs one. It
 * refers to the invoice, which gets its number here if its own job is behind.
 */
export const issueCreditMemo = defineThingProcess({
  name: 'issue-credit-memo',
  on: { order: ['ReturnSettled'] },
  payload: Type.Object({ order_id: Type.String(), return_id: Type.String() }),
  about: ({ return_id }) => return_id,
  ask: ({ stream, fact: { data } }) =>
    needsCreditMemo(data) ? { order_id: streamId(stream), return_id: data.return_id } : undefined,
  run: async ({ order_id, return_id }, { readStream, now, ...deps }: InvoicingDeps) => {
    const { cause, as_of, ...credited } = await findSettlement(readStream, { order_id, return_id });
    if (!needsCreditMemo(credited.settled)) return;
    const at = now();
    const invoice = await invoiceCause(readStream, order_id, at);
    const { number: invoice_number } = await deps.documents.issue(invoice.request, invoice.context);

    const { customer_id } = credited.order;
    await issueDocument(
      deps,
      {
        request: { type: 'credit_memo', customer_id, order_id, return_id, as_of },
        file_name: `credit_memo_${credited.one.return_number}.pdf`,
        render: async (issued) => {
          const { renderCreditMemo } = await import('../documents/credit-memo.ts');
          return renderCreditMemo(creditMemoDataOf({ ...credited, invoice_number }, issued, deps.settings));
        },
      },
      processContext('issue-credit-memo', cause, at),
    );
  },
});

export const invoicing = [issueInvoice, issueCreditMemo] as const;
