import { phaseOf } from '../lifecycle/transitions.ts';
import type { Order } from '../state.ts';

export type Restocked = { readonly order_item_id: string; readonly quantity: number };

/** How many units of each product an order keeps: the ordered units, less the restocked ones. */
export const retainedUnits = (
  { status, lines }: Pick<Order, 'status' | 'lines'>,
  restocked: readonly Restocked[],
): ReadonlyMap<string, number> => {
  const out = new Map<string, number>();
  const add = (product_id: string, units: number) => out.set(product_id, (out.get(product_id) ?? 0) + units);
  for (const { id, product_id, quantity } of lines) {
    const back = restocked.reduce((sum, item) => (item.order_item_id === id ? sum + item.quantity : sum), 0);
    add(product_id, phaseOf(status) === 'cancelled' ? 0 : quantity - back);
  }
  return out;
};
