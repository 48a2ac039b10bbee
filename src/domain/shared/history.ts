import { isErased, type Actor, type Fact, type Instant, type Role } from './decider.ts';

/** One change of status: a row of a history. */
export type StatusChange<S extends string> = {
  readonly previous_status: S | null;
  readonly new_status: S;
  readonly changed_by: Actor['id'];
  readonly changed_by_role: Role;
  /** The notes, otherwise the reason. Also `null` once it has been erased. */
  readonly notes: string | null;
  readonly at: Instant;
};

type Status<S extends string> = { readonly status: S | 'none' };

/** The change of status that lies between two states, if there is one. */
export const statusChange = <S extends string>(
  before: Status<S>,
  after: Status<S>,
  fact: Fact<{ readonly data: object }>,
): StatusChange<S> | undefined =>
  after.status === 'none' || before.status === after.status
    ? undefined
    : {
        previous_status: before.status === 'none' ? null : before.status,
        new_status: after.status,
        changed_by: fact.by.id,
        changed_by_role: fact.by.role,
        // The first notes describe the order or return, not a change.
        notes: before.status === 'none' ? null : remarkOf(fact.data),
        at: fact.at,
      };

/** What was said to an event: its notes, otherwise its reason. Null also once it has been erased. */
export const remarkOf = (data: object): string | null => {
  const personal = 'personal' in data ? data.personal : undefined;
  if (typeof personal !== 'object' || personal === null || isErased(personal)) return null;
  if ('notes' in personal && typeof personal.notes === 'string') return personal.notes;
  return 'reason' in personal && typeof personal.reason === 'string' ? personal.reason : null;
};
