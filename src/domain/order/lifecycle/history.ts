import type { Fact } from '../../shared/decider.ts';
import { statusChange, type StatusChange } from '../../shared/history.ts';
import type { OrderEvent } from '../events.ts';
import { orderFold } from '../evolve.ts';
import { NO_ORDER, type OrderState } from '../state.ts';
import type { OrderStatus } from './transitions.ts';

export type HistoryRow = StatusChange<OrderStatus>;

/** The change of status that lies between two states, if there is one. */
export const historyRow = (before: OrderState, after: OrderState, fact: Fact<OrderEvent>): HistoryRow | undefined =>
  statusChange<OrderStatus>(before, after, fact);

/** Every change of status an order went through, oldest first. */
export const orderHistory = (facts: readonly Fact<OrderEvent>[]): readonly HistoryRow[] => {
  let state = NO_ORDER;
  return facts.flatMap((fact) => {
    const before = state;
    state = orderFold.evolve(before, fact);
    return historyRow(before, state, fact) ?? [];
  });
};
