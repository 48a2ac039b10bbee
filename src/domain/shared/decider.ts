/** Who may act. `system` is Waybill itself: processes, jobs and schedules. */
export type Role = 'customer' | 'delivery_partner' | 'admin' | 'auditor' | 'service' | 'system';

export type Actor = { readonly id: string; readonly role: Role };

/** UTC, ISO 8601 with milliseconds. */
export type Instant = string;

/** An event that has happened: with time and actor. This is what `evolve` folds. */
export type Fact<E> = E & { readonly at: Instant; readonly by: Actor };

/** A named reason for a rejection, with the facts that the caller needs to act on it. */
export type Rejection = { readonly rejected: string };

/** The result of a command: new events, or one named rejection. Never both. */
export type Decision<E, R extends Rejection> = { readonly accepted: readonly E[] } | R;

export const accept = <E>(...events: readonly E[]): { readonly accepted: readonly E[] } => ({ accepted: events });

/** How a state is read from a stream of events. */
export type Fold<E, S> = {
  /** Name of the folded state, if it is JSON: it may then be kept as a snapshot, from which a long stream is folded. */
  readonly name?: string;
  readonly initialState: S;
  /** Folds a fact into the state. Holds no rule and never throws: the fact has already happened. */
  readonly evolve: (state: S, fact: Fact<E>) => S;
};

/** An aggregate: a fold and the rules on it. Time, ids and settings are given in the command. */
export type Decider<C, E, S, R extends Rejection> = Fold<E, S> & {
  /** Decides whether the command is possible in this state, and which events follow. */
  readonly decide: (command: C, state: S) => Decision<E, R>;
};

/** Replaces personal data after its key has been destroyed. */
export const ERASED = { erased: true } as const;
export type Erased = typeof ERASED;

/** Personal data of an event: sealed at rest under the customer's key, and unreadable once that key is destroyed. */
export type Personal<T> = T | Erased;

export const isErased = (personal: object): personal is Erased => 'erased' in personal && personal.erased === true;
