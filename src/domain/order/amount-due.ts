import type { Minor } from '../shared/money.ts';
import type { Order } from './state.ts';
import { orderTotals } from './totals.ts';

/** What the customer still owes. Nobody owes anything for a cancelled order. */
export const amountDue = (order: Order): Minor => (order.status === 'cancelled' ? 0 : orderTotals(order).total);

/** Paid at the door: no money is waited for before. */
export const isPaidOnDelivery = ({ payment_method }: Order): boolean => payment_method === 'cash_on_delivery';
