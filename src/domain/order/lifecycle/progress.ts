import type { Fact } from '../../shared/decider.ts';
import { DELIVERY_CHANGES, shipmentsAfter } from '../delivery/evolve.ts';
import { stillCancelled } from '../goods/shipments.ts';
import type { OrderDeliveryEvent, OrderEvent, OrderLine, OrderReturnEvent } from '../vocabulary/events.ts';
import { RETURN_CHANGES, returnsAfter } from '../returns/evolve.ts';
import { statusOfGoods, type Goods } from '../goods/goods-status.ts';
import { ORDER_TRANSITIONS, type OrderStatus } from '../vocabulary/transitions.ts';

/** An order's status and what the next one follows from: little enough to be kept for every order once more. */
export type OrderProgress = Goods;

/** The status after an event that leads to one status only. */
const STATUS_AFTER: ReadonlyMap<OrderEvent['type'], OrderStatus> = new Map(
  ORDER_TRANSITIONS.flatMap(({ event, to }) => (to.length === 1 ? [[event, to[0]] as const] : [])),
);

const ordered = (lines: readonly OrderLine[]): OrderProgress['lines'] =>
  lines.map(({ id, quantity }) => ({ id, quantity }));

const progressed = (progress: OrderProgress, fact: Fact<OrderEvent>): OrderProgress => {
  if (fact.type === 'OrderItemsModified') {
    const { lines } = fact.data;
    return { ...progress, lines: ordered(lines), cancelled: stillCancelled(progress.cancelled, lines) };
  }
  if (fact.type === 'ItemsCancelled') {
    const items = fact.data.items.map(({ order_item_id, units }) => ({ order_item_id, units }));
    return following({ ...progress, cancelled: [...progress.cancelled, ...items] });
  }
  if (isOfReturns(fact)) return following({ ...progress, returns: returnsAfter(progress.returns, fact) });
  if (isOfDelivery(fact)) return following({ ...progress, shipments: shipmentsAfter(progress, fact) });
  const status = STATUS_AFTER.get(fact.type) ?? progress.status;
  return status === progress.status ? progress : { ...progress, status };
};

const following = (progress: OrderProgress): OrderProgress => {
  const status = statusOfGoods(progress);
  return status === progress.status ? progress : { ...progress, status };
};

const isOfReturns = (fact: Fact<OrderEvent>): fact is Fact<OrderReturnEvent> => fact.type in RETURN_CHANGES;
const isOfDelivery = (fact: Fact<OrderEvent>): fact is Fact<OrderDeliveryEvent> => fact.type in DELIVERY_CHANGES;

/** The progress after a fact; its status is that of `orderFold`. Undefined: no order was placed yet. */
export const progressAfter = (
  progress: OrderProgress | undefined,
  fact: Fact<OrderEvent>,
): OrderProgress | undefined => {
  if (progress !== undefined) return progressed(progress, fact);
  if (fact.type !== 'OrderPlaced') return undefined;
  const { scheduled_for, lines } = fact.data;
  return {
    status: scheduled_for === null ? 'pending' : 'scheduled',
    lines: ordered(lines),
    shipments: [],
    cancelled: [],
    returns: [],
  };
};
