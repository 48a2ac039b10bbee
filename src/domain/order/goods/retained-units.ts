import { sum } from '../../shared/money.ts';
import { cancelledQuantity, quantityOf } from './shipments.ts';
import { phaseOf } from '../vocabulary/transitions.ts';
import type { Order } from '../vocabulary/state.ts';

export type Restocked = { readonly order_item_id: string; readonly quantity: number };

/**
 * How many units of each product an order keeps out of stock: the ordered units, less those that were cancelled, and those
 * that returns, credits and parcels returned to the sender put back; and once more those that are sent again, because the
 * first ones were lost.
 */
export const retainedUnits = (
  order: Pick<Order, 'status' | 'lines' | 'credits' | 'cancelled' | 'shipments'>,
  returned: readonly Restocked[],
): ReadonlyMap<string, number> => {
  const { status, lines, credits } = order;
  const out = new Map<string, number>();
  const add = (product_id: string, units: number) => out.set(product_id, (out.get(product_id) ?? 0) + units);
  const credited = credits.filter(({ restock }) => restock).flatMap(({ parts }) => parts.items);
  const restocked = [...returned, ...credited, ...refundedParcels(order)];
  const replaced = replacedUnits(order);
  for (const { id, product_id, quantity } of lines) {
    const kept = Math.max(0, quantity - cancelledQuantity(order, id) - unitsOf(restocked, id));
    add(product_id, phaseOf(status) === 'cancelled' ? 0 : kept + unitsOf(replaced, id));
  }
  return out;
};

const unitsOf = (items: readonly Restocked[], lineId: string): number =>
  sum(items.filter(({ order_item_id }) => order_item_id === lineId).map(({ quantity }) => quantity));

const refundedParcels = ({ shipments }: Pick<Order, 'shipments'>): readonly Restocked[] =>
  shipments.flatMap(({ resolution, restocked = [] }) => (resolution === 'refund' ? restocked : []));

/** Units that are sent again, of which the first ones are in stock no more. */
const replacedUnits = ({ shipments }: Pick<Order, 'shipments'>): readonly Restocked[] =>
  shipments
    .filter(({ resolution }) => resolution === 'resend')
    .flatMap(({ items, restocked = [] }) =>
      items.map((item) => ({
        order_item_id: item.order_item_id,
        quantity: quantityOf(item) - unitsOf(restocked, item.order_item_id),
      })),
    );
