import type { DocumentType, Series } from './events.ts';

export const seriesOf = (type: DocumentType): Series => (type === 'invoice' ? 'invoices' : 'credit_memos');

const PAD = 6;

/** `INV-2026-000001`: the n-th document of a business year, n from 1. */
export const documentNumber = (prefix: string, year: number, n: bigint): string =>
  `${prefix}-${year}-${String(n).padStart(PAD, '0')}`;
