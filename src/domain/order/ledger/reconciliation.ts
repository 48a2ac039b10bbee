import { sum, type Minor } from '../../shared/money.ts';
import type { Order } from '../vocabulary/state.ts';
import { memoAmountOf, uninvoicedOf } from './invoicing.ts';
import { ledgerOf, type Ledger } from './ledger.ts';

export type Reconciliation = Pick<
  Ledger,
  'owed' | 'captured' | 'refunded' | 'in_flight' | 'failed' | 'amount_due' | 'overpaid'
> & {
  readonly invoiced: Minor;
  readonly credited_by_documents: Minor;
  /** The owed amount for which no invoice was caused. */
  readonly uninvoiced: Minor;
  /** Whether documents and money agree. */
  readonly agrees: boolean;
};

/**
 * Documents against money: (Σ invoices − Σ memos) + what is owed uninvoiced = owed, and owed − balance = due −
 * overpaid. The events that cause documents contain their amounts, so this is true before the documents are rendered.
 */
export const reconcile = (order: Order): Reconciliation => {
  const { owed, captured, refunded, in_flight, failed, balance, amount_due, overpaid } = ledgerOf(order);
  const invoiced = sum(order.invoices.map(({ amount }) => amount));
  const credited_by_documents = sum(order.credits.map(memoAmountOf));
  const uninvoiced = uninvoicedOf(order);
  const documents = invoiced - credited_by_documents + uninvoiced;
  const agrees = documents === owed && owed - balance === amount_due - overpaid;
  return {
    invoiced,
    credited_by_documents,
    uninvoiced,
    owed,
    captured,
    refunded,
    in_flight,
    failed,
    amount_due,
    overpaid,
    agrees,
  };
};
