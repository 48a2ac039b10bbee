import type { ReturnSettled } from '../../src/domain/order/index.ts';
import { pricedMug } from './order-commands.ts';
import { confirmed, delivered, placed, shippedFor, started } from './order-events.ts';
import { paymentCaptured, returnOpened, returnSettled } from './order-money.ts';

export const TOTAL = 4787;
/** Three mugs: 38.97 and 3.90 tax, so 42.87 for three units: 14.29 each. Shipping 5.00, total 47.87. */
export const line = pricedMug({ quantity: 3, tax: 390 });
export const arrived = [placed({ lines: [line] }), confirmed, started, shippedFor(TOTAL), delivered];
export const paid = [...arrived, paymentCaptured('p-1', TOTAL)];
export const unit = (first: number, last: number, amount: number) => ({ first, last, amount });
export const opened = (
  id: string,
  first: number,
  last: number,
  amount: number,
  reason: 'other' | 'defective' = 'other',
) =>
  returnOpened(
    id,
    [{ order_item_id: line.id, quantity: last - first + 1, units: [unit(first, last, amount)] }],
    reason === 'other' ? {} : { reason },
  );

/** Return `r-1`, of which units 1 to `last` were accepted. */
export const settled = (amount: number, last: number, more: Partial<ReturnSettled['data']> = {}): ReturnSettled =>
  returnSettled(
    'r-1',
    [{ order_item_id: line.id, accepted_quantity: last, units: last === 0 ? [] : [unit(1, last, 1429 * last)] }],
    { amount, ...more },
  );
