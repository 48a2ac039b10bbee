import {
  memoAmountOf,
  termsOfCredit,
  termsOfInvoice,
  termsOfOwed,
  termsOfReturn,
  valueOfReturn,
  type Order,
} from '../order/index.ts';
import type { Explanation, Term } from '../shared/explanation.ts';
import type { DocumentRequested } from './events.ts';

/** The amounts of a document that can be explained. */
export const EXPLAINED_OF_DOCUMENT = ['total'] as const;

type Caused = Pick<DocumentRequested['data'], 'document_type' | 'credit_id' | 'shipment_id' | 'amount'>;

const termsOf = (order: Order, { document_type, credit_id, shipment_id }: Caused): readonly Term[] => {
  if (document_type === 'credit_memo') return termsOfMemo(order, credit_id);
  const n = order.invoices.findIndex((invoice) => invoice.shipment_id === shipment_id);
  const isAwaited = shipment_id === null && order.invoices.length === 0;
  // Until goods leave, the invoice of an order is for what is owed.
  return termsOfInvoice(order, n) ?? (isAwaited ? termsOfOwed(order) : []);
};

/** A credit, less the part of it that lowers invoices to come. */
const termsOfMemo = (order: Order, credit_id: string | null): readonly Term[] => {
  const credit = order.credits.find((one) => one.credit_id === credit_id);
  if (credit === undefined) return [];
  const terms =
    credit.return_id === null
      ? termsOfCredit(order, credit)
      : termsOfReturn(order, valueOfReturn(order, credit.return_id));
  const later = memoAmountOf(credit) - credit.amount;
  return [...terms, { key: 'later', label: 'Deducted from invoices to come', amount: later }];
};

/**
 * The terms of an amount of a document, from its order as it was after the event that caused the document. Undefined:
 * there is no such amount.
 */
export const explainDocument = (order: Order, document: Caused, field: string): Explanation | undefined => {
  if (!EXPLAINED_OF_DOCUMENT.some((known) => known === field)) return undefined;
  return { amount: document.amount, rule: 'Documents', terms: termsOf(order, document) };
};
