import type { Actor, Instant } from './decider.ts';

/** A request for a change: its data, its time and its actor. The time is given, because the domain reads no clock. */
export type Command<T extends string, D = object> = {
  readonly type: T;
  readonly data: D;
  readonly at: Instant;
  readonly by: Actor;
};
