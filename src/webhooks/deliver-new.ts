import type { Batch, StoredEvent } from '../event-store/port.ts';
import { isImported } from '../event-store/recorded.ts';
import { mapAtMost } from '../platform/map-at-most.ts';
import type { Held, Lease } from './leases.ts';
import type { Attempt, Progress } from './progress.ts';
import type { Try } from './attempt.ts';
import type { Clock } from './clock.ts';
import { pauseAfter } from './retry-schedule.ts';
import type { EndpointState } from './endpoint-state.ts';

export type Delivering = {
  readonly lease: Lease;
  readonly state: EndpointState;
  readonly tryOnce: Try;
  readonly save: (progress: Progress) => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborted: begin nothing more. */
  readonly stopping: AbortSignal;
  /** Aborted: give up the deliveries in progress. */
  readonly cutting: AbortSignal;
};

/** Streams that are sent to one endpoint at once. */
const AT_ONCE = 8;

/** Imported history is sent to no endpoint. */
export const isWanted = ({ types }: Pick<Lease, 'types'>, event: StoredEvent): boolean =>
  (types[0] === '*' || types.includes(event.type)) && !isImported(event);

const byStream = (events: readonly StoredEvent[]): readonly (readonly StoredEvent[])[] => {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  return [...streams.values()];
};

/** The outcome of some events after sending for a while. */
type Outcome = {
  readonly settled: Set<StoredEvent>;
  readonly attempts: Attempt[];
  readonly held: Held[];
  /** Stream → its next revision after the accepted events. */
  readonly sent: Map<string, Held>;
  isBack: boolean;
  isGone: boolean;
};

/** The next revision of a stream after this event was accepted. */
const goingOnAfter = ({ stream, revision, position }: StoredEvent, at: number): Held => ({
  stream,
  revision: revision + 1n,
  position: position + 1n,
  attempts: 0,
  nextTryAt: at,
});

/** Sends the events of one stream, one after the other; the first that fails holds it. */
const deliverStream = async (d: Delivering, events: readonly StoredEvent[], outcome: Outcome): Promise<void> => {
  const { state, clock } = d;
  for (const event of events) {
    if (state.passes(event)) {
      outcome.settled.add(event);
      continue;
    }
    if (d.stopping.aborted || outcome.isGone || !state.mayBegin()) return;
    const { delivered, attempt } = await d.tryOnce(d.lease, event, { cause: 'event', attempt: 1 }, d.cutting);
    if (d.cutting.aborted && delivered.outcome !== 'accepted') return;
    outcome.attempts.push(attempt);
    if (delivered.outcome === 'accepted') {
      outcome.isBack = state.accepted(clock.now()) || outcome.isBack;
      outcome.settled.add(event);
      outcome.sent.set(event.stream, goingOnAfter(event, clock.now()));
      continue;
    }
    if (delivered.outcome === 'gone') {
      outcome.isGone = true;
      return;
    }
    state.failed();
    const { stream, revision, position } = event;
    const nextTryAt = clock.now() + (pauseAfter(1, d.random) ?? 0);
    const held = { stream, revision, position, attempts: 1, nextTryAt };
    outcome.held.push(held);
    outcome.sent.delete(stream);
    outcome.settled.add(event);
    state.willHold(held);
  }
};

/** Up to where everything is settled. */
const reach = (events: readonly StoredEvent[], settled: ReadonlySet<StoredEvent>, end: bigint): bigint | undefined => {
  const first = events.findIndex((event) => !settled.has(event));
  return first === -1 ? end : events[first - 1]?.position;
};

type Sending = {
  readonly events: readonly StoredEvent[];
  /** Streams of which the batch has events that are not wanted. */
  readonly skipped: ReadonlySet<string>;
  /** The position of the batch. */
  readonly end: bigint;
};

/** Sends what is wanted of a batch. Answers what could not be dealt with yet. */
const deliverSome = async (d: Delivering, { events, skipped, end }: Sending): Promise<readonly StoredEvent[]> => {
  const outcome: Outcome = {
    settled: new Set(),
    attempts: [],
    held: [],
    sent: new Map(),
    isBack: false,
    isGone: false,
  };
  await mapAtMost(AT_ONCE, byStream(events), (stream) => deliverStream(d, stream, outcome));
  const position = reach(events, outcome.settled, end);
  const { attempts, held, isBack, isGone } = outcome;
  const isWell = attempts.some((attempt) => attempt.outcome === 'accepted');
  await d.save({
    ...(position !== undefined && { position }),
    attempts,
    held,
    sent: [...outcome.sent.values()],
    skipped,
    released: [],
    ...(d.state.isFailing() ? { health: 'failing' } : isWell && { health: 'well' }),
    isBack,
    isGone,
    at: d.clock.now(),
  });
  for (const one of held) d.state.hold(one);
  if (isGone) throw new EndpointGone('the endpoint answered 410');
  return events.filter((event) => !outcome.settled.has(event));
};

/** The endpoint answered 410, and that it is disabled has been written down. */
export class EndpointGone extends Error {
  override readonly name = 'EndpointGone';
}

/** Sends a batch of the feed to the end, waiting where the endpoint takes nothing. */
export const deliverBatch = async (d: Delivering, { events, position }: Batch): Promise<void> => {
  let left: readonly StoredEvent[] = events.filter((event) => isWanted(d.lease, event));
  const skipped = new Set(events.flatMap((event) => (isWanted(d.lease, event) ? [] : [event.stream])));
  const isOver = (): boolean => d.stopping.aborted;
  while (left.length > 0 && !isOver()) {
    if (d.state.mayBegin()) left = await deliverSome(d, { events: left, skipped, end: position });
    else await nextChange(d);
  }
};

const nextChange = ({ state, stopping }: Delivering): Promise<void> =>
  new Promise((resolve) => {
    const change = state.nextChange();
    const done = (): void => {
      change.removeEventListener('abort', done);
      stopping.removeEventListener('abort', done);
      resolve();
    };
    change.addEventListener('abort', done);
    stopping.addEventListener('abort', done);
    if (stopping.aborted) done();
  });
