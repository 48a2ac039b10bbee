import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  isPlaced,
  type Order,
  type OrderCommand,
  type OrderEvent,
} from '../../src/domain/order/index.ts';
import type { Fact } from '../../src/domain/shared/decider.ts';

/** One order, lived through command by command: for tests that need a course of events rather than one decision. */
export const runOrder = (decider = createOrderDecider()) => {
  const facts: Fact<OrderEvent>[] = [];
  let state = decider.initialState;
  const order = (): Order => {
    assert.ok(isPlaced(state));
    return state;
  };
  const send = (command: OrderCommand): readonly OrderEvent[] | { readonly rejected: string } => {
    const decision = decider.decide(command, state);
    if ('rejected' in decision) return decision;
    for (const event of decision.accepted) {
      const fact = { ...event, at: command.at, by: command.by };
      facts.push(fact);
      state = decider.evolve(state, fact);
    }
    return decision.accepted;
  };
  return {
    order,
    send,
    facts: (): readonly Fact<OrderEvent>[] => facts,
    /** As `send`, for what must not be rejected. */
    does: (...commands: readonly OrderCommand[]) => {
      for (const command of commands) {
        const outcome = send(command);
        assert.not('rejected' in outcome, `${command.type}: ${JSON.stringify(outcome)}`);
      }
    },
  };
};
