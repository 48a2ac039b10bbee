import { NO_ORDER, orderFold, type OrderEvent, type OrderStatus } from '../../src/domain/order/index.ts';
import type { Fact } from '../../src/domain/shared/decider.ts';
import { statusChange, type StatusChange } from '../../src/domain/shared/history.ts';

/** Every change of status an order went through, oldest first. */
export const orderHistory = (facts: readonly Fact<OrderEvent>[]): readonly StatusChange<OrderStatus>[] => {
  let state = NO_ORDER;
  return facts.flatMap((fact) => {
    const before = state;
    state = orderFold.evolve(before, fact);
    return statusChange<OrderStatus>(before, state, fact) ?? [];
  });
};
