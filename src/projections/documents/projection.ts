import { match } from 'ts-pattern';
import type {
  DocumentEvent,
  DocumentKind,
  DocumentRequested,
  DocumentType,
  SeriesEvent,
} from '../../domain/document/index.ts';
import type { Currency, Minor } from '../../domain/shared/money.ts';
import type { Fact } from '../../domain/shared/decider.ts';
import { documentStream, streamId } from '../../event-store/stream-names.ts';
import { projection, type Row } from '../engine/index.ts';

/** A legal document as lists show it. */
export type DocumentRow = {
  readonly id: string;
  readonly document_type: DocumentType;
  readonly kind: DocumentKind;
  readonly customer_id: string;
  readonly order_id: string;
  readonly return_id: string | null;
  /** Null for an invoice. */
  readonly credit_id: string | null;
  /** Of the invoice of one shipment. */
  readonly shipment_id: string | null;
  readonly currency: Currency;
  /** Minor units. */
  readonly amount: Minor;
  readonly requested_at: string;
  /** Null until it has been numbered. */
  readonly number: string | null;
  /** Null until it has been rendered. */
  readonly file_name: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly sha256: string | null;
};

type DocumentFact = Fact<DocumentEvent | SeriesEvent>;

const requested = (id: string, { data, at }: Fact<DocumentRequested>): DocumentRow => ({
  id,
  document_type: data.document_type,
  kind: data.kind,
  customer_id: data.customer_id,
  order_id: data.order_id,
  return_id: data.return_id,
  credit_id: data.credit_id,
  shipment_id: data.shipment_id,
  currency: data.currency,
  amount: data.amount,
  requested_at: at,
  number: null,
  file_name: null,
  size: null,
  sha256: null,
});

/** Asked for, then numbered, then rendered: each of these events comes after the one before. */
const evolve = (row: DocumentRow | undefined, id: string, fact: DocumentFact): DocumentRow | undefined => {
  if (fact.type === 'DocumentRequested') return requested(id, fact);
  if (row === undefined) return undefined;
  return match(fact)
    .returnType<DocumentRow>()
    .with({ type: 'DocumentNumbered' }, ({ data: { number } }) => ({ ...row, number }))
    .with({ type: 'DocumentRendered' }, ({ data }) => ({ ...row, ...data }))
    .with({ type: 'DocumentRedacted' }, ({ data }) => ({ ...row, ...data }))
    .exhaustive();
};

/** The document an event is about: named by the stream, or on a series by the event. */
const documentOf = (stream: string, fact: DocumentFact): string =>
  fact.type === 'DocumentNumbered' ? fact.data.document_id : streamId(stream);

export const documentList = projection<DocumentRow>({
  name: 'document_list',
  version: 3,
  prefixes: ['document-', 'invoices-', 'credit_memos-'],
  table: 'document_list',
  key: 'id',
  columns: {
    id: 'uuid',
    document_type: 'text',
    kind: 'text',
    customer_id: 'text',
    order_id: 'uuid',
    return_id: 'uuid',
    credit_id: 'uuid',
    shipment_id: 'uuid',
    currency: 'text',
    amount: 'bigint',
    requested_at: 'timestamptz',
    number: 'text',
    file_name: 'text',
    size: 'integer',
    sha256: 'text',
  },
  // The number is in the series' stream, after the revision that the request names.
  eventsOf: async (key, { read }) => {
    const own = await read(documentStream(key));
    const { series, year, after } = own[0]?.data ?? {};
    if (typeof series !== 'string' || typeof year !== 'number' || typeof after !== 'string') return own;
    const isNumber = ({ data }: { readonly data: Row }): boolean => data['document_id'] === key;
    return [...own, ...(await read(`${series}-${year}`, BigInt(after) + 1n, isNumber))];
  },
  // Document and series streams hold nothing else.
  keyOf: ({ stream, fact }) => documentOf(stream, fact as DocumentFact),
  evolve: (row, { stream, fact }) => evolve(row, documentOf(stream, fact as DocumentFact), fact as DocumentFact),
});
