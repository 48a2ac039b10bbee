import { toMajor } from '../../shared/amount-notation.ts';
import { ledgerOf } from './ledger.ts';
import type { Order } from '../vocabulary/state.ts';
import { orderTotals } from '../pricing/totals.ts';

/** The sums of an order as people read them: amounts in major units, `item_count` in units. */
export const majorTotals = (order: Order) => {
  const { item_count, ...totals } = orderTotals(order);
  const ledger = ledgerOf(order);
  const major = (amount: number): number => toMajor(amount, order.currency);
  return {
    subtotal: major(totals.subtotal),
    discount_total: major(totals.discount_total),
    tax: major(totals.tax),
    shipping_cost: major(totals.shipping_cost),
    total: major(totals.total),
    amount_due: major(ledger.amount_due),
    credited: major(ledger.credited),
    overpaid: major(ledger.overpaid),
    item_count,
  };
};
