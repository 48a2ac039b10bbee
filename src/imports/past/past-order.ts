import type { DomainEvent } from '../../domain/events.ts';
import type { Actor, Decider, Instant, Rejection } from '../../domain/shared/decider.ts';

/** Events that happened at one moment. */
export type Step<E> = {
  readonly at: Instant;
  /** Default: the import. */
  readonly by?: Actor;
  readonly events: readonly E[];
};

export type PastStream = { readonly stream: string; readonly steps: readonly Step<DomainEvent>[] };

/** An order of the past: the streams of its payments and returns, and its own. */
export type PastOrder = {
  readonly customer_id: string;
  readonly order: PastStream;
  readonly beside: readonly PastStream[];
};

/** Waybill's rules do not allow this history; the message names the rule. */
export class ImpossibleHistory extends Error {
  override readonly name = 'ImpossibleHistory';
}

/** The actor of events of the past, where nothing is known of another. */
export const IMPORT: Actor = { id: 'import', role: 'system' };

/**
 * Sends commands to an aggregate one after another, and collects the events. `isHow`: what an event becomes before it is
 * kept. @throws ImpossibleHistory
 */
export const openPast = <C extends { readonly at: Instant; readonly by: Actor }, E, S, R extends Rejection>({
  initialState,
  evolve,
  decide,
}: Decider<C, E, S, R>) => {
  let state: S = initialState;
  const steps: Step<E>[] = [];
  return {
    steps,
    state: (): S => state,
    does: (command: C, isHow: (event: E) => E = (event) => event): readonly E[] => {
      const decision = decide(command, state);
      if ('rejected' in decision) throw new ImpossibleHistory(JSON.stringify(decision));
      const { at, by } = command;
      const events = decision.accepted.map(isHow);
      if (events.length > 0) steps.push({ at, by, events });
      for (const event of events) state = evolve(state, { ...event, at, by }); // E with its time and actor
      return events;
    },
  };
};

/** The goods were shipped with an invoice of another system. */
export const withoutInvoice = <E extends { readonly type: string; readonly data: object }>(event: E): E =>
  'invoice' in event.data ? { ...event, data: { ...event.data, invoice: null } } : event;
