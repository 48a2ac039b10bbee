/** Every stream is named `<category>-<id>`; a subscription picks categories by prefix. */
export const orderStream = (id: string): string => `order-${id}`;
export const returnStream = (id: string): string => `return-${id}`;
export const paymentStream = (id: string): string => `payment-${id}`;
export const documentStream = (id: string): string => `document-${id}`;
/** The store credit of one customer in one currency. */
export const storeCreditStream = (id: string): string => `store_credit-${id}`;
/** One gapless series per document type and business year, e.g. `invoices-2026`. */
export const seriesStream = (series: 'invoices' | 'credit_memos', year: number): string => `${series}-${year}`;

/** Events of a year about the log itself: days that were closed, keys, restores. */
export const auditStream = (year: string): string => `audit-${year}`;

/** Its events are of many people, each of its own one. Any other stream is of one customer, or of none. */
export const isAuditStream = (stream: string): boolean => stream.startsWith('audit-');

/** Beginnings of the names of all our streams. */
export const STREAM_PREFIXES = [
  'order-',
  'return-',
  'payment-',
  'document-',
  'store_credit-',
  'invoices-',
  'credit_memos-',
  'audit-',
] as const;

/** The id part of a stream name: everything after the first dash. */
export const streamId = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
