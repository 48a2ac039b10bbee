/** Who may act. `system` is Waybill itself: processes, jobs and schedules. */
export type Role = 'customer' | 'delivery_partner' | 'admin' | 'auditor' | 'service' | 'system';

export type Actor = { readonly id: string; readonly role: Role };

/** UTC, ISO 8601 with milliseconds. */
export type Instant = string;

/** An event that has happened: with time and actor. This is what `evolve` folds. */
export type Fact<E> = E & { readonly at: Instant; readonly by: Actor };

/** A named reason why not, with the facts the caller needs to act on it. */
export type Rejection = { readonly rejected: string };

/** What a command leads to: new events, or one named reason why not. Never both. */
export type Decision<E, R extends Rejection> = { readonly accepted: readonly E[] } | R;

export const accept = <E>(...events: readonly E[]): { readonly accepted: readonly E[] } => ({ accepted: events });

/** How a state is read from a stream of events. */
export type Fold<E, S> = {
  /** Names what it folds to, where that is JSON: it may then be kept, and a long stream is folded from there on. */
  readonly name?: string;
  readonly initialState: S;
  /** Folds a fact into the state. Holds no rule and never throws: the fact has already happened. */
  readonly evolve: (state: S, fact: Fact<E>) => S;
};

/** An aggregate: a fold and the rules on it. Time, ids and settings are given in the command. */
export type Decider<C, E, S, R extends Rejection> = Fold<E, S> & {
  /** Says whether the command may happen to this state, and what then has happened. */
  readonly decide: (command: C, state: S) => Decision<E, R>;
};

/** The mark that stands where personal data was, once its key has been destroyed. */
export const ERASED = { erased: true } as const;
export type Erased = typeof ERASED;

/** Personal data of an event: sealed at rest under the customer's key, gone for ever with that key. */
export type Personal<T> = T | Erased;

export const isErased = (personal: object): personal is Erased => 'erased' in personal && personal.erased === true;
