import * as assert from 'uvu/assert';
import type { Actor, Decider, Fact, Instant, Rejection } from '../../src/domain/shared/decider.ts';

export const SYSTEM: Actor = { id: 'waybill', role: 'system' };
export const NOON: Instant = '2026-03-01T12:00:00.000Z';
/** The day of that, as a projection is told it. */
export const NOON_DAYS = { booked: NOON.slice(0, 10), happened: NOON.slice(0, 10) };

/** An event that has happened, at noon and by the system unless said otherwise. */
export const fact = <E extends { readonly type: string }>(
  event: E,
  more: Partial<Pick<Fact<E>, 'at' | 'by'>> = {},
) => ({
  ...event,
  at: NOON,
  by: SYSTEM,
  ...more,
});

/**
 * Given what has happened, when this is asked for, then that happens. A given event that is no fact yet happened at
 * noon, by the system.
 */
export const specFor =
  <C, E extends { readonly type: string }, S, R extends Rejection>(decider: Decider<C, E, S, R>) =>
  (...past: readonly (E | Fact<E>)[]) => {
    const state = past.reduce<S>(
      (folded, event) => decider.evolve(folded, 'at' in event ? event : fact(event)),
      decider.initialState,
    );
    return {
      state,
      when: (command: C) => {
        const decision = decider.decide(command, state);
        return {
          then: (...events: readonly E[]) => assert.equal(decision, { accepted: events }),
          thenNothing: () => assert.equal(decision, { accepted: [] }),
          thenRejected: (rejected: R['rejected'], facts: Readonly<Record<string, unknown>> = {}) => {
            const rejection: Readonly<Record<string, unknown>> = { ...decision };
            assert.is(rejection['rejected'], rejected, `expected ${rejected}, got ${JSON.stringify(decision)}`);
            for (const [name, value] of Object.entries(facts)) assert.equal(rejection[name], value, name);
          },
        };
      },
    };
  };
