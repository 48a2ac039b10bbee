import type { Actor, Instant } from './decider.ts';

/** A request that something should happen: what, when, and by whose wish. The time is given; the domain reads no clock. */
export type Command<T extends string, D = object> = {
  readonly type: T;
  readonly data: D;
  readonly at: Instant;
  readonly by: Actor;
};
