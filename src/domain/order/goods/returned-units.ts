import type { UnitRange } from '../vocabulary/unit-ranges.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import type { Order, OrderReturn } from '../vocabulary/state.ts';
import { deliveredUnits, isOpen, unitsInShipments } from './shipments.ts';
import { sum } from '../../shared/money.ts';
import { countUnits, unitsInBoth, unitsOutside } from '../vocabulary/unit-ranges.ts';

/** Units of a line in the returns that `which` selects. */
const unitsUnder = (
  { returns }: Pick<Order, 'returns'>,
  lineId: string,
  which: (one: OrderReturn) => boolean,
): readonly UnitRange[] =>
  returns
    .filter(which)
    .flatMap(({ items }) => items)
    .filter(({ order_item_id }) => order_item_id === lineId)
    .flatMap(({ units }) => units);

/** Units that can be returned: delivered, and in no open or refunded return. */
export const freeUnits = (order: Order, line: OrderLine): readonly UnitRange[] =>
  unitsInBoth(
    deliveredUnits(order, line.id).toSorted((a, b) => a.first - b.first),
    unitsOutside(
      unitsUnder(order, line.id, () => true),
      line.quantity,
    ),
  );

/**
 * How many units of a line a credit can put into stock: they have left, and were not put there before. Units that have not
 * left are cancelled instead; those of returns and of parcels that came back are put into stock with these.
 */
export const restockableQuantity = (order: Order, line: OrderLine): number => {
  const sent = unitsInShipments(order, line.id, (one) => isOpen(one) || one.status === 'delivered');
  const kept = unitsInBoth(
    sent.toSorted((a, b) => a.first - b.first),
    unitsOutside(
      unitsUnder(order, line.id, () => true),
      line.quantity,
    ),
  );
  const restocked = order.credits
    .filter(({ restock }) => restock)
    .flatMap(({ parts }) => parts.items)
    .filter(({ order_item_id }) => order_item_id === line.id);
  return Math.max(0, countUnits(kept) - sum(restocked.map(({ quantity }) => quantity)));
};

/** Units of a line in a return that has not ended. */
export const returnRequestedQuantity = (order: Order, lineId: string): number =>
  countUnits(unitsUnder(order, lineId, ({ status }) => status !== 'closed'));

/** Units of a line that were finally returned. */
export const returnedQuantity = (order: Pick<Order, 'returns'>, lineId: string): number =>
  countUnits(unitsUnder(order, lineId, ({ status }) => status === 'closed'));
