import { termsOfCredit, termsOfOwed, termsOfReturn, valueOfReturn, type Order } from '../order/index.ts';
import type { Explanation, Term } from '../shared/explanation.ts';
import type { DocumentRequested } from './events.ts';

/** The amounts of a document that can be explained. */
export const EXPLAINED_OF_DOCUMENT = ['total'] as const;

const termsOf = (
  order: Order,
  { document_type, credit_id }: Pick<DocumentRequested['data'], 'document_type' | 'credit_id'>,
): readonly Term[] => {
  if (document_type === 'invoice') return termsOfOwed(order);
  const credit = order.credits.find((one) => one.credit_id === credit_id);
  if (credit === undefined) return [];
  return credit.return_id === null
    ? termsOfCredit(order, credit)
    : termsOfReturn(order, valueOfReturn(order, credit.return_id));
};

type Caused = Pick<DocumentRequested['data'], 'document_type' | 'credit_id' | 'amount'>;

/**
 * The terms of an amount of a document, from its order as it was after the event that caused the document. Undefined:
 * there is no such amount.
 */
export const explainDocument = (order: Order, document: Caused, field: string): Explanation | undefined => {
  if (!EXPLAINED_OF_DOCUMENT.some((known) => known === field)) return undefined;
  return { amount: document.amount, rule: 'Documents', terms: termsOf(order, document) };
};
