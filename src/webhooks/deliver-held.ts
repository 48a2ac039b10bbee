import type { EventStore, StoredEvent } from '../event-store/port.ts';
import { joinSignals } from '../platform/join-signals.ts';
import { mapAtMost } from '../platform/map-at-most.ts';
import type { Held } from './leases.ts';
import type { Progress } from './progress.ts';
import { EndpointGone, isWanted, type Delivering } from './deliver-new.ts';
import { pauseAfter } from './retry-schedule.ts';

export type DeliveringHeld = Delivering & { readonly store: Pick<EventStore, 'readStream'> };

/** Streams that are tried again at once. */
const AT_ONCE = 4;
const EVENTS_AT_ONCE = 50;
/** A held stream is looked at again after this at the latest, in milliseconds. */
const LONGEST_SLEEP = 3_600_000;

const nothing = { attempts: [], held: [], released: [] } as const;

/** Retries one event. Returns the stream's state after it, and whether to go on with the stream. */
const tryAgain = async (
  d: DeliveringHeld,
  held: Held,
  event: StoredEvent,
): Promise<{ readonly held: Held; readonly goesOn: boolean }> => {
  const { state, clock } = d;
  const attempts = held.attempts + 1;
  const { delivered, attempt } = await d.tryOnce(d.lease, event, { cause: 'event', attempt: attempts }, d.cutting);
  if (d.cutting.aborted && delivered.outcome !== 'accepted') return { held, goesOn: false };
  const at = clock.now();
  const onward = { ...held, revision: event.revision + 1n, position: event.position + 1n, attempts: 0, nextTryAt: at };
  if (delivered.outcome === 'accepted') {
    const isBack = state.accepted(at);
    await d.save({ ...nothing, attempts: [attempt], held: [onward], health: 'well', isBack, at });
    return { held: onward, goesOn: true };
  }
  if (delivered.outcome === 'gone') {
    await d.save({ ...nothing, attempts: [attempt], isGone: true, at });
    throw new EndpointGone('the endpoint answered 410');
  }
  state.failed();
  const pause = pauseAfter(attempts, d.random);
  const next = pause === undefined ? onward : { ...held, attempts, nextTryAt: at + pause };
  const saved: Progress = {
    ...nothing,
    attempts: [{ ...attempt, outcome: pause === undefined ? 'parked' : 'failed' }],
    held: [next],
    ...(state.isFailing() && { health: 'failing' as const }),
    at,
  };
  await d.save(saved);
  return { held: next, goesOn: pause === undefined };
};

/** Goes on with a held stream until an event fails or nothing is left of it. */
const deliverStream = async (d: DeliveringHeld, first: Held): Promise<void> => {
  const { stream } = first;
  let held = first;
  for (;;) {
    const events = await d.store.readStream(stream, { from: held.revision, limit: EVENTS_AT_ONCE });
    for (const event of events) {
      if (d.stopping.aborted) return;
      if (!isWanted(d.lease, event)) {
        held = { ...held, revision: event.revision + 1n, attempts: 0 };
        continue;
      }
      const tried = await tryAgain(d, held, event);
      held = tried.held;
      d.state.hold(held);
      if (!tried.goesOn) return;
    }
    if (events.length > 0 || !d.state.release(stream, held.revision)) continue;
    await d.save({ ...nothing, released: [stream], at: d.clock.now() });
    return;
  }
};

/** Retries what was not accepted, each stream when it is due, until this process stops. */
export const deliverHeld = async (d: DeliveringHeld): Promise<void> => {
  while (!d.stopping.aborted) {
    const change = d.state.nextChange();
    const held = d.state.held();
    const now = d.clock.now();
    const due = held.filter(({ nextTryAt }) => nextTryAt <= now);
    if (due.length > 0) {
      await mapAtMost(AT_ONCE, due, (one) => deliverStream(d, one));
      continue;
    }
    const { signal, letGo } = joinSignals(change, d.stopping);
    const first = Math.min(LONGEST_SLEEP, ...held.map(({ nextTryAt }) => nextTryAt - now));
    await d.clock.sleep(Math.max(first, 1), signal);
    letGo();
  }
};
