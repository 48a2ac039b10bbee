import { v5 as uuidv5 } from 'uuid';
import type { Instant } from '../domain/shared/decider.ts';
import {
  createSeriesDecider,
  documentDecider,
  seriesOf,
  type DocumentRendered,
  type DocumentType,
  type RequestedDocument,
} from '../domain/document/index.ts';
import type { EventContext } from '../event-store/codec.ts';
import type { EventStore, Revision } from '../event-store/port.ts';
import { documentStream, seriesStream } from '../event-store/stream-names.ts';
import { wasRejected, type Handle } from './handle.ts';
import { saidBy } from './process-context.ts';
import type { ReadStream } from './read.ts';

const DOCUMENT_IDS = '6f7b1c58-9b8e-5a3c-8a34-5c7e0e0d9a21';

/** The id of the one document of this type for an order or a return. */
export const documentIdOf = (type: DocumentType, orderOrReturnId: string): string =>
  uuidv5(`${type}/${orderOrReturnId}`, DOCUMENT_IDS);

export type DocumentRequest = {
  readonly type: DocumentType;
  readonly customer_id: string;
  readonly order_id: string;
  readonly return_id: string | null;
  /** Revision of the order (invoice) or return (credit memo) to print. */
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

  const request = async (id: string, asked: DocumentRequest, context: EventContext): Promise<RequestedDocument> => {
    const series = seriesOf(asked.type);
    const year = businessYear(context.at);
    const data = {
      document_type: asked.type,
      customer_id: asked.customer_id,
      order_id: asked.order_id,
      return_id: asked.return_id,
      series,
      year,
      after: String(await headOf(seriesStream(series, year))),
      as_of: String(asked.as_of),
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
      const id = documentIdOf(asked.type, asked.return_id ?? asked.order_id);
      const requested = (await find(id)) ?? (await request(id, asked, context));
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
