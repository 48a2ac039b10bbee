import type { Instant } from '../shared/decider.ts';
import type { Currency, Minor } from '../shared/money.ts';

/** Amounts of one currency. */
export type DayTotals = {
  readonly currency: Currency;
  /** Of invoices and credit memos that were requested. */
  readonly invoiced: Minor;
  readonly credited: Minor;
  readonly captured: Minor;
  readonly refunded: Minor;
};

export type DayCounts = {
  /** All events of the log on that day. */
  readonly events: number;
  readonly orders: number;
  readonly invoices: number;
  readonly credit_memos: number;
  readonly captures: number;
  readonly refunds: number;
};

/** By currency, sorted. `imported`: history of another system, which moved no money here. */
export type Totals = { readonly totals: readonly DayTotals[]; readonly imported: readonly DayTotals[] };

/** The first event of a business day, where no other event began it: it ends the day before. */
export type DayBegan = { readonly type: 'DayBegan'; readonly data: { readonly day: string; readonly zone: string } };

/** A business day is over: its range of the log, and what it came to. */
export type DayClosed = {
  readonly type: 'DayClosed';
  readonly data: Totals & {
    readonly day: string;
    /** IANA name. */
    readonly zone: string;
    /** The end of the day. */
    readonly until: Instant;
    /** Index in the log of the first event of a later day: number of events up to the end of the day. */
    readonly size: number;
    readonly counts: DayCounts;
    /** Of this day and all days before. */
    readonly perpetual: Totals;
  };
};

/** From the next head on other keys sign. That head is signed by the old and the new ones. */
export type LogKeyChanged = {
  readonly type: 'LogKeyChanged';
  readonly data: {
    readonly origin: string;
    /** Verifier keys of C2SP signed-note. */
    readonly old: readonly string[];
    readonly new: readonly string[];
  };
};

/** An older copy of the log was restored, and a person has accepted it: heads are signed under another origin from now on. */
export type LogRestored = {
  readonly type: 'LogRestored';
  readonly data: {
    /** Without personal data. */
    readonly reason: string;
    readonly previous_origin: string;
    readonly origin: string;
    /** The largest size of an earlier head that the log still matches. Larger ones are given up. */
    readonly agrees_until: number;
    /** The largest size that was signed before. */
    readonly signed_until: number;
  };
};

/** What is kept of an erased customer: the documents of a year, until the day on which books need to be kept no longer. */
export type KeptBooks = { readonly year: number; readonly documents: number; readonly until: string };

/**
 * A data key is destroyed from here on, and with it what it sealed. Written before the key goes, so that the log always says
 * which keys must be gone. It names no person.
 */
export type SubjectErased = {
  readonly type: 'SubjectErased';
  readonly data: {
    readonly key_id: string;
    readonly kept: readonly KeptBooks[];
    /** The keys of the documents that are kept: only admins and auditors read what they sealed. */
    readonly restricted: readonly string[];
  };
};

/** The books of a year need to be kept no longer: all keys that sealed documents of that year are destroyed. */
export type BooksEnded = { readonly type: 'BooksEnded'; readonly data: { readonly year: number } };

/** Someone read a document that is kept of an erased customer. */
export type KeptDocumentRead = { readonly type: 'KeptDocumentRead'; readonly data: { readonly document_id: string } };

/** Someone got a copy of everything that is stored of a customer: the customer, or staff who hand it over. */
export type SubjectExported = { readonly type: 'SubjectExported'; readonly data: { readonly customer_id: string } };

/** Events of `audit-<year>`. */
export type AuditEvent =
  | DayBegan
  | DayClosed
  | LogKeyChanged
  | LogRestored
  | SubjectErased
  | BooksEnded
  | KeptDocumentRead
  | SubjectExported;
