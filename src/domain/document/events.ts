import { CREDIT_KINDS } from '../order/index.ts';
import type { Currency, Minor } from '../shared/money.ts';

/** The first shipment causes an invoice, or each one its own; every credit of something invoiced causes a credit memo. */
export const DOCUMENT_TYPES = ['invoice', 'credit_memo'] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];
/** The subject of a document: for a credit memo, the kind of its credit. */
export const DOCUMENT_KINDS = ['invoice', ...CREDIT_KINDS] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];
export type Series = 'invoices' | 'credit_memos';

export type DocumentRequested = {
  readonly type: 'DocumentRequested';
  readonly data: {
    readonly document_type: DocumentType;
    readonly kind: DocumentKind;
    /** The customer of the document. */
    readonly customer_id: string;
    readonly order_id: string;
    /** The return whose settlement made the credit. */
    readonly return_id: string | null;
    /** Null for an invoice. */
    readonly credit_id: string | null;
    /** The shipment that an invoice is for; null: it is for the order. */
    readonly shipment_id: string | null;
    readonly currency: Currency;
    /** Amount invoiced or credited, from the event that caused the document. */
    readonly amount: Minor;
    readonly series: Series;
    /** Business year of the series, fixed for ever: `invoices-2026`. */
    readonly year: number;
    /** The series' last revision when this was requested, `-1` for none (decimal string): the number comes after it. */
    readonly after: string;
    /** Revision of the order's event that caused it (decimal string): the order is printed as it was then. */
    readonly as_of: string;
  };
};

/** On the series stream. The number is this event's revision + 1. */
export type DocumentNumbered = {
  readonly type: 'DocumentNumbered';
  readonly data: { readonly document_id: string; readonly number: string };
};

export type DocumentRendered = {
  readonly type: 'DocumentRendered';
  readonly data: {
    readonly number: string;
    readonly file_name: string;
    readonly sha256: string;
    readonly size: number;
  };
};

export type DocumentRedacted = {
  readonly type: 'DocumentRedacted';
  readonly data: { readonly sha256: string; readonly size: number };
};

/** Events of `document-<uuid>`. */
export type DocumentEvent = DocumentRequested | DocumentRendered | DocumentRedacted;
/** Events of `invoices-<year>` and `credit_memos-<year>`. */
export type SeriesEvent = DocumentNumbered;
