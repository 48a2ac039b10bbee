import { sum, type Minor } from '../../shared/money.ts';
import { captured, refunded } from './balance.ts';
import type { Order } from '../state.ts';
import { orderTotals } from '../pricing/totals.ts';

/** What the customer still owes. Nothing is owed for a cancelled order. */
export const amountDue = (order: Order): Minor =>
  order.status === 'cancelled'
    ? 0
    : Math.max(0, orderTotals(order).total - credited(order) - (captured(order) - refunded(order)));

/** What the seller no longer asks for: settled returns, and refunds made by hand. */
export const credited = (order: Order): Minor =>
  sum(order.returns.map(({ settlement }) => settlement?.amount ?? 0)) + refundedByHand(order);

export const refundedByHand = ({ refunds }: Order): Minor =>
  sum(refunds.filter(({ cause, status }) => cause === 'manual' && status === 'done').map(({ amount }) => amount));

/** Paid at the door: no money is waited for before. */
export const isPaidOnDelivery = ({ payment_method }: Order): boolean => payment_method === 'cash_on_delivery';
