import { isSellersFault } from './reasons.ts';
import type { Minor } from '../../shared/money.ts';
import type { Order, OrderReturn, UnderReturn } from '../state.ts';
import { countUnits } from './unit-ranges.ts';

type Terms = {
  /** Worth of the accepted units. */
  readonly value: Minor;
  /** Shipping, where it is due. */
  readonly shipping: Minor;
  /** The most a reviewer allowed, if one did. */
  readonly reviewed_amount: Minor | null;
  readonly restocking_fee: Minor;
};

/** What a processed return is worth. A fee or a lowered review belongs to that return alone. */
export const settlementAmount = ({ value, shipping, reviewed_amount, restocking_fee }: Terms): Minor =>
  Math.max(0, Math.min(value + shipping, reviewed_amount ?? Infinity) - restocking_fee);

/**
 * Shipping goes back with the settlement that leaves no unit unreturned, when every unit came back for a seller's
 * fault. `accepted` are the items of the return that is settled now.
 */
export const shippingDue = (order: Order, accepted: readonly UnderReturn[]): Minor => {
  const all = [...order.returns.filter(isSettled).flatMap(({ items }) => items), ...accepted].filter(
    ({ units }) => units.length > 0,
  );
  const cameBack = (lineId: string) =>
    countUnits(all.filter(({ order_item_id }) => order_item_id === lineId).flatMap(({ units }) => units));
  const isComplete = order.lines.every(({ id, quantity }) => cameBack(id) === quantity);
  return isComplete && all.every(({ reason }) => isSellersFault(reason)) ? order.shipping_cost : 0;
};

const isSettled = ({ settlement }: OrderReturn): boolean => settlement !== null;
