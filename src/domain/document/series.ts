import type { Command } from '../shared/command.ts';
import { accept, type Decider } from '../shared/decider.ts';
import type { DocumentType, Series, SeriesEvent } from './events.ts';

export const seriesOf = (type: DocumentType): Series => (type === 'invoice' ? 'invoices' : 'credit_memos');

const PAD = 6;

/** `INV-2026-000001`: the n-th document of a business year, n from 1. */
export const documentNumber = (prefix: string, year: number, n: bigint): string =>
  `${prefix}-${year}-${String(n).padStart(PAD, '0')}`;

/** The business year that a number belongs to. */
export const yearOfDocument = (number: string): number => Number(number.split('-').at(-2));

export type NumberDocument = Command<'NumberDocument', { readonly document_id: string }>;

/** A series as read from some revision on: its last revision, and the numbers drawn after that revision. */
export type SeriesState = {
  /** Revision of the last number read, `-1n` for none. */
  readonly head: bigint;
  readonly numbers: ReadonlyMap<string, string>;
};

export type SeriesOptions = {
  /** e.g. `INV`. */
  readonly prefix: string;
  readonly year: number;
  /** The revision after which the series is read: `after` of the document's request. */
  readonly after: bigint;
};

/**
 * Gapless numbers: one event per document, number = revision + 1. A document that already has a number gets no other.
 * The append at exactly the head decides which document gets the next number.
 */
export const createSeriesDecider = ({
  prefix,
  year,
  after,
}: SeriesOptions): Decider<NumberDocument, SeriesEvent, SeriesState, never> => ({
  initialState: { head: after, numbers: new Map() },
  decide: ({ data: { document_id } }, { head, numbers }) =>
    numbers.has(document_id)
      ? accept()
      : accept({ type: 'DocumentNumbered', data: { document_id, number: documentNumber(prefix, year, head + 2n) } }),
  evolve: ({ head, numbers }, { data: { document_id, number } }) => ({
    head: head + 1n,
    numbers: new Map(numbers).set(document_id, number),
  }),
});
