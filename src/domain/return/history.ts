import { statusChange, type StatusChange } from '../shared/history.ts';
import type { Fact } from '../shared/decider.ts';
import type { ReturnEvent } from './events.ts';
import { returnFold } from './evolve.ts';
import { NO_RETURN, type ReturnState } from './state.ts';
import type { ReturnStatus } from './transitions.ts';

/** Every change of status a return went through, oldest first. */
export const returnHistory = (facts: readonly Fact<ReturnEvent>[]): readonly StatusChange<ReturnStatus>[] => {
  let state: ReturnState = NO_RETURN;
  return facts.flatMap((fact) => {
    const before = state;
    state = returnFold.evolve(before, fact);
    return statusChange(before, state, fact) ?? [];
  });
};
