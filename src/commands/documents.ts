import { v5 as uuidv5 } from 'uuid';
import type { Instant } from '../domain/shared/decider.ts';
import {
  createSeriesDecider,
  documentDecider,
  needsCreditMemo,
  seriesOf,
  type DocumentRendered,
  type DocumentRequested,
  type DocumentType,
  type RequestedDocument,
} from '../domain/document/index.ts';
import { memoAmountOf, type Order } from '../domain/order/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import type { EventStore, Revision } from '../event-store/port.ts';
import { documentStream, orderStream, paymentStream, returnStream, seriesStream } from '../event-store/stream-names.ts';
import { wasRejected, type Handle } from './handle.ts';
import { saidBy } from './process-context.ts';
import type { ReadStream } from './read.ts';

const DOCUMENT_IDS = '6f7b1c58-9b8e-5a3c-8a34-5c7e0e0d9a21';

/**
 * The id of the invoice of an order or of a shipment, or of the one credit memo of a credit: of a return, the return's
 * id.
 */
export const documentIdOf = (type: DocumentType, subjectId: string): string =>
  uuidv5(`${type}/${subjectId}`, DOCUMENT_IDS);

type Requested = DocumentRequested['data'];

/** A document that an order has caused, made or not. */
export type CausedDocument = Pick<
  Requested,
  'document_type' | 'kind' | 'order_id' | 'return_id' | 'credit_id' | 'shipment_id' | 'currency' | 'amount'
> & { readonly id: string };

/** The documents of an order, as its events cause them: its invoices, and a memo for every credit that needs one. */
export const documentsCausedBy = (
  order_id: string,
  { invoices, credits, currency }: Pick<Order, 'invoices' | 'credits' | 'currency'>,
): readonly CausedDocument[] => [
  ...invoices.map(({ amount, shipment_id }): CausedDocument => ({
    id: documentIdOf('invoice', shipment_id ?? order_id),
    document_type: 'invoice',
    kind: 'invoice',
    order_id,
    return_id: null,
    credit_id: null,
    shipment_id,
    currency,
    amount,
  })),
  ...credits.filter(needsCreditMemo).map((credit): CausedDocument => {
    const { credit_id, kind, return_id } = credit;
    return {
      id: documentIdOf('credit_memo', credit_id),
      document_type: 'credit_memo',
      kind,
      order_id,
      return_id,
      credit_id,
      shipment_id: null,
      currency,
      amount: memoAmountOf(credit),
    };
  }),
];

/** The streams of an order, its returns, payments and documents. `paymentIds`: also those that it has not heard of. */
export const streamsOfOrder = (id: string, order: Order, paymentIds: readonly string[]): readonly string[] => [
  orderStream(id),
  ...order.returns.map(({ return_id }) => returnStream(return_id)),
  ...[...new Set([...order.payments.map(({ payment_id }) => payment_id), ...paymentIds])].map(paymentStream),
  ...documentsCausedBy(id, order).map((document) => documentStream(document.id)),
];

export type DocumentRequest = CausedDocument & {
  readonly customer_id: string;
  /** Revision of the order's event that causes it. */
  readonly as_of: Revision;
};

export type IssuedDocument = RequestedDocument & { readonly id: string; readonly number: string };

export type DocumentCommands = {
  /** Asks for a document and gives it its number. Any number of times: the first answer stands. */
  readonly issue: (request: DocumentRequest, context: EventContext) => Promise<IssuedDocument>;
  readonly recordRendering: (id: string, rendering: DocumentRendered['data'], context: EventContext) => Promise<void>;
};

/** Many workers want the next number of one series: losing that race is normal. */
const NUMBERING_ATTEMPTS = 100;

export const createDocumentCommands = ({
  handle,
  store,
  readStream,
  prefixes,
  businessYear,
}: {
  readonly handle: Handle;
  readonly store: EventStore;
  readonly readStream: ReadStream;
  /** Of printed numbers, e.g. `INV`. */
  readonly prefixes: Readonly<Record<DocumentType, string>>;
  /** The year of an instant in the business time zone. */
  readonly businessYear: (at: Instant) => number;
}): DocumentCommands => {
  const stepOf = (context: EventContext, step: string): EventContext => ({
    ...context,
    command_id: uuidv5(step, context.command_id),
  });

  const headOf = async (stream: string): Promise<Revision> =>
    (await store.readStream(stream, { direction: 'backwards', limit: 1 }))[0]?.revision ?? -1n;

  const find = async (id: string): Promise<RequestedDocument | undefined> => {
    const found = await readStream(documentDecider, documentStream(id));
    return found === undefined || found.state.status === 'none' ? undefined : found.state;
  };

  const request = async (
    { id, as_of, ...asked }: DocumentRequest,
    context: EventContext,
  ): Promise<RequestedDocument> => {
    const series = seriesOf(asked.document_type);
    const year = businessYear(context.at);
    const data = {
      ...asked,
      series,
      year,
      after: String(await headOf(seriesStream(series, year))),
      as_of: String(as_of),
    };
    const command = { type: 'RequestDocument', data, ...saidBy(context) } as const;
    const stream = documentStream(id);
    const outcome = await handle(documentDecider, { stream, command, context: stepOf(context, 'request') });
    // Another worker may have asked at the same moment and seen the series elsewhere: what is stored counts.
    const stored = wasRejected(outcome) ? undefined : await find(id);
    if (stored === undefined) throw new Error('a document can always be asked for');
    return stored;
  };

  const number = async (id: string, { request: asked }: RequestedDocument, context: EventContext): Promise<string> => {
    const { series, year } = asked;
    const after = BigInt(asked.after);
    const outcome = await handle(createSeriesDecider({ prefix: prefixes[asked.document_type], year, after }), {
      stream: seriesStream(series, year),
      command: { type: 'NumberDocument', data: { document_id: id }, ...saidBy(context) },
      context: stepOf(context, 'number'),
      after,
      attempts: NUMBERING_ATTEMPTS,
    });
    const given = wasRejected(outcome) ? undefined : outcome.state.numbers.get(id);
    if (given === undefined) throw new Error('a document asked for always gets its number');
    return given;
  };

  return {
    issue: async (asked, context) => {
      const { id } = asked;
      const requested = (await find(id)) ?? (await request(asked, context));
      return { ...requested, id, number: requested.rendering?.number ?? (await number(id, requested, context)) };
    },
    recordRendering: async (id, rendering, context) => {
      const outcome = await handle(documentDecider, {
        stream: documentStream(id),
        command: { type: 'RecordRendering', data: rendering, ...saidBy(context) },
        context: stepOf(context, 'record'),
      });
      if (wasRejected(outcome)) throw new Error(`document ${id}: ${outcome.rejection.rejected}`);
    },
  };
};
