import type { DomainEvent } from '../../domain/events.ts';
import { isErased, type Fact } from '../../domain/shared/decider.ts';
import { statusChange } from '../../domain/shared/history.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { Caller } from '../server/caller.ts';

const originOf = ({ metadata: { personal } }: Recorded) =>
  personal === undefined || isErased(personal)
    ? { ip: null, user_agent: null }
    : { ip: personal.ip ?? null, user_agent: personal.user_agent ?? null };

export type Evolving<E, S> = { readonly initialState: S; readonly evolve: (state: S, fact: Fact<E>) => S };

/** Every change of status, oldest first. A customer sees neither who made it nor what was noted about it. */
export const historyBody = <E extends DomainEvent, S extends { readonly status: string }>(
  events: readonly Recorded[],
  { initialState, evolve }: Evolving<E, S>,
  { role, nameOf }: Pick<Caller, 'role'> & { readonly nameOf: (id: string) => string | null },
): readonly object[] => {
  let state = initialState;
  return events.flatMap((recorded) => {
    const fact = recorded.fact as Fact<E>; // the stream holds nothing else
    const before = state;
    state = evolve(before, fact);
    const row = statusChange(before, state, fact);
    if (row === undefined) return [];
    const { previous_status, new_status, changed_by, changed_by_role, notes, at } = row;
    const open = { previous_status, new_status, changed_by_role, at };
    if (role === 'customer') return [open];
    return [{ ...open, changed_by, changed_by_name: nameOf(changed_by), notes, ...originOf(recorded) }];
  });
};
