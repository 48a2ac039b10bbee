import { leftOfShipping } from '../ledger/index.ts';
import { deliveredQuantity, haveAllEnded, isAnythingLeft } from '../goods/shipments.ts';
import type { Minor } from '../../shared/money.ts';
import type { Order, OrderReturn, UnderReturn } from '../vocabulary/state.ts';
import { isSellersFault } from '../vocabulary/reasons.ts';
import { countUnits } from '../vocabulary/unit-ranges.ts';

/** A return, as far as the outward shipping depends on it. */
export type Returning = Pick<OrderReturn, 'items' | 'shipping_on_withdrawal'>;

/**
 * The outward shipping to refund: what is left of it, once the customer keeps nothing. No unit is left or on its way, and
 * each delivered one was returned for a reason for which shipping is refunded. The last of these events refunds it,
 * whichever it is: a settlement, the refund of a parcel, or the cancellation of units. `settling`: the return that is
 * settled now, with its accepted items.
 */
export const shippingDue = (order: Order, settling?: Returning): Minor => {
  const returned = [...order.returns.filter(isSettled), ...(settling === undefined ? [] : [settling])]
    .flatMap((one) => one.items.map((item) => ({ ...item, isForShipping: refundsShipping(item, one) })))
    .filter(({ units }) => units.length > 0);
  const cameBack = (lineId: string) =>
    countUnits(returned.filter(({ order_item_id }) => order_item_id === lineId).flatMap(({ units }) => units));
  const isNothingKept =
    !isAnythingLeft(order) &&
    haveAllEnded(order) &&
    order.lines.every(({ id }) => cameBack(id) === deliveredQuantity(order, id));
  return isNothingKept && returned.every(({ isForShipping }) => isForShipping) ? leftOfShipping(order) : 0;
};

const refundsShipping = ({ reason }: UnderReturn, { shipping_on_withdrawal }: Returning): boolean =>
  isSellersFault(reason) || (shipping_on_withdrawal === true && reason === 'change_of_mind');

const isSettled = ({ settlement }: OrderReturn): boolean => settlement !== null;
