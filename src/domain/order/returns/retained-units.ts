import { sum } from '../../shared/money.ts';
import { cancelledQuantity } from '../delivery/shipments.ts';
import { phaseOf } from '../lifecycle/transitions.ts';
import type { Order } from '../state.ts';

export type Restocked = { readonly order_item_id: string; readonly quantity: number };

/**
 * How many units of each product an order keeps: the ordered units, less those that were cancelled, and those that
 * returns and credits put back into stock.
 */
export const retainedUnits = (
  order: Pick<Order, 'status' | 'lines' | 'credits' | 'cancelled'>,
  returned: readonly Restocked[],
): ReadonlyMap<string, number> => {
  const { status, lines, credits } = order;
  const out = new Map<string, number>();
  const add = (product_id: string, units: number) => out.set(product_id, (out.get(product_id) ?? 0) + units);
  const credited = credits.filter(({ restock }) => restock).flatMap(({ parts }) => parts.items);
  const restocked = [...returned, ...credited.map(({ order_item_id, quantity }) => ({ order_item_id, quantity }))];
  for (const { id, product_id, quantity } of lines) {
    const back = sum(restocked.filter(({ order_item_id }) => order_item_id === id).map((item) => item.quantity));
    add(product_id, phaseOf(status) === 'cancelled' ? 0 : Math.max(0, quantity - cancelledQuantity(order, id) - back));
  }
  return out;
};
