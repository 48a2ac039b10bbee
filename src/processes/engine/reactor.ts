import type { DomainEvent } from '../../domain/events.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { JobRequest } from '../../jobs/queue.ts';

/**
 * A policy: when this event, that job. It refuses nothing and does nothing itself; the job acts. All policies follow the
 * log together: one that is new begins where the others stand. Personal data comes as erased, since no job may hold it.
 */
export type Reactor = {
  /** Said when it fails. */
  readonly name: string;
  /** Stream name prefixes it listens to. */
  readonly prefixes: readonly string[];
  readonly handles: ReadonlySet<string>;
  readonly react: (recorded: Recorded) => JobRequest | undefined;
};

type Policies = {
  readonly [T in DomainEvent['type']]?: (
    recorded: Recorded<Extract<DomainEvent, { type: T }>>,
  ) => JobRequest | undefined;
};

export const reactor = (declared: {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly on: Policies;
}): Reactor => {
  const { name, prefixes, on } = declared;
  return {
    name,
    prefixes,
    handles: new Set(Object.keys(on)),
    // Policies is keyed by the event's type, which TypeScript cannot follow through a lookup.
    react: (recorded) => (on[recorded.fact.type] as ((r: Recorded) => JobRequest | undefined) | undefined)?.(recorded),
  };
};
