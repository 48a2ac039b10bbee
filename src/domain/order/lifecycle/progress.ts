import type { Fact } from '../../shared/decider.ts';
import type { OrderEvent, OrderLine } from '../events.ts';
import { returnsAfter, statusAfterReturn, type OrderedAndReturned } from '../returns/evolve.ts';
import { ORDER_TRANSITIONS, type OrderStatus } from './transitions.ts';

/** An order's status and what the next one follows from: little enough to be kept for every order once more. */
export type OrderProgress = OrderedAndReturned & { readonly status: OrderStatus };

/** The status after an event that leads to one status only. */
const STATUS_AFTER: ReadonlyMap<OrderEvent['type'], OrderStatus> = new Map(
  ORDER_TRANSITIONS.flatMap(({ event, to }) => (to.length === 1 ? [[event, to[0]] as const] : [])),
);

const ordered = (lines: readonly OrderLine[]): OrderProgress['lines'] =>
  lines.map(({ id, quantity }) => ({ id, quantity }));

const progressed = (progress: OrderProgress, fact: Fact<OrderEvent>): OrderProgress => {
  if (fact.type === 'OrderItemsModified') return { ...progress, lines: ordered(fact.data.lines) };
  const status = STATUS_AFTER.get(fact.type) ?? progress.status;
  if (fact.type !== 'ReturnOpened' && fact.type !== 'ReturnSettled' && fact.type !== 'ReturnClosed')
    return status === progress.status ? progress : { ...progress, status };
  const returns = returnsAfter(progress.returns, fact);
  const { lines } = progress;
  return { lines, returns, status: fact.type === 'ReturnClosed' ? statusAfterReturn({ lines, returns }) : status };
};

/** The progress after a fact; its status is that of `orderFold`. Undefined: no order was placed yet. */
export const progressAfter = (
  progress: OrderProgress | undefined,
  fact: Fact<OrderEvent>,
): OrderProgress | undefined => {
  if (progress !== undefined) return progressed(progress, fact);
  if (fact.type !== 'OrderPlaced') return undefined;
  const { scheduled_for, lines } = fact.data;
  return { status: scheduled_for === null ? 'pending' : 'scheduled', lines: ordered(lines), returns: [] };
};
