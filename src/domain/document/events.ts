/** The one legal document that an order's shipping or a processed return asks for. */
export type DocumentType = 'invoice' | 'credit_memo';
export type Series = 'invoices' | 'credit_memos';

export type DocumentRequested = {
  readonly type: 'DocumentRequested';
  readonly data: {
    readonly document_type: DocumentType;
    /** Whose document it is. */
    readonly customer_id: string;
    readonly order_id: string;
    readonly return_id: string | null;
    readonly series: Series;
    /** Business year of the series, fixed for ever: `invoices-2026`. */
    readonly year: number;
    /** The series' last revision when this was requested, `-1` for none (decimal string): the number lies after it. */
    readonly after: string;
    /** Revision of the order (or return) stream to print, inclusive (decimal string). */
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
