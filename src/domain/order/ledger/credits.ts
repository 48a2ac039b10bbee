import { sum, type Minor } from '../../shared/money.ts';
import { finalPrice } from '../pricing/totals.ts';
import type { OrderLine } from '../vocabulary/events.ts';
import type { Credit, Order } from '../vocabulary/state.ts';

type Credited = Pick<Order, 'credits'>;

const ofLine = ({ credits }: Credited, lineId: string, which: (credit: Credit) => boolean) =>
  credits.filter(which).flatMap(({ parts }) => parts.items.filter(({ order_item_id }) => order_item_id === lineId));

const isReturn = ({ kind }: Credit): boolean => kind === 'return';

/** The total reduction of a line: it lowers the value of each unit. Credits of particular units lower no other unit. */
export const reductionOf = (order: Credited, lineId: string): Minor =>
  sum(
    ofLine(order, lineId, (credit) => !isReturn(credit))
      .filter(({ units }) => units === undefined)
      .map(({ amount }) => amount),
  );

/** How many units of a line were credited as units, other than by returns. */
export const creditedQuantity = (order: Credited, lineId: string): number =>
  sum(ofLine(order, lineId, (credit) => !isReturn(credit)).map(({ quantity }) => quantity));

/** The most that a line can still be credited, by returns and reductions together. */
export const leftOfLine = (order: Credited, line: OrderLine): Minor =>
  finalPrice(line) - sum(ofLine(order, line.id, () => true).map(({ amount }) => amount));

/** The most that the shipping can still be credited. */
export const leftOfShipping = (order: Pick<Order, 'credits' | 'shipping_cost'>): Minor =>
  Math.max(0, order.shipping_cost - sum(order.credits.map(({ parts }) => parts.shipping)));
