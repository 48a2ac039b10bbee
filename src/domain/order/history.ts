import { isErased, type Actor, type Fact, type Instant, type Role } from '../shared/decider.ts';
import type { OrderEvent } from './events.ts';
import { evolveOrder } from './evolve.ts';
import { isPlaced, NO_ORDER, type OrderState } from './state.ts';
import type { OrderStatus } from './transitions.ts';

/** One change of status. */
export type HistoryRow = {
  readonly previous_status: OrderStatus | null;
  readonly new_status: OrderStatus;
  readonly changed_by: Actor['id'];
  readonly changed_by_role: Role;
  /** What was said about it: the notes, else the reason. `null` also once it has been erased. */
  readonly notes: string | null;
  readonly at: Instant;
};

/** The change of status that lies between two states, if there is one. */
export const historyRow = (before: OrderState, after: OrderState, fact: Fact<OrderEvent>): HistoryRow | undefined =>
  !isPlaced(after) || before.status === after.status
    ? undefined
    : {
        previous_status: isPlaced(before) ? before.status : null,
        new_status: after.status,
        changed_by: fact.by.id,
        changed_by_role: fact.by.role,
        notes: notesOf(fact),
        at: fact.at,
      };

/** Every change of status an order went through, oldest first. */
export const orderHistory = (facts: readonly Fact<OrderEvent>[]): readonly HistoryRow[] => {
  let state = NO_ORDER;
  return facts.flatMap((fact) => {
    const before = state;
    state = evolveOrder(before, fact);
    return historyRow(before, state, fact) ?? [];
  });
};

const notesOf = (fact: Fact<OrderEvent>): string | null => {
  // What a customer noted when placing describes the order, not the change.
  if (fact.type === 'OrderPlaced' || !('personal' in fact.data)) return null;
  const { personal = {} } = fact.data;
  if (isErased(personal)) return null;
  if ('notes' in personal && typeof personal.notes === 'string') return personal.notes;
  return 'reason' in personal && typeof personal.reason === 'string' ? personal.reason : null;
};
