import type { UnitRange } from './unit-ranges.ts';
import type { OrderLine } from '../events.ts';
import type { Order, OrderReturn } from '../state.ts';
import { deliveredUnits } from '../delivery/shipments.ts';
import { countUnits, unitsInBoth, unitsOutside } from './unit-ranges.ts';

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

/** Units of a line in a return that has not ended. */
export const returnRequestedQuantity = (order: Order, lineId: string): number =>
  countUnits(unitsUnder(order, lineId, ({ status }) => status !== 'closed'));

/** Units of a line that were finally returned. */
export const returnedQuantity = (order: Pick<Order, 'returns'>, lineId: string): number =>
  countUnits(unitsUnder(order, lineId, ({ status }) => status === 'closed'));
