import type { Actor, Instant } from './decider.ts';

/** What somebody wants to happen: when (the clock's word, not the domain's) and who. */
export type Command<T extends string, D = object> = {
  readonly type: T;
  readonly data: D;
  readonly at: Instant;
  readonly by: Actor;
};
