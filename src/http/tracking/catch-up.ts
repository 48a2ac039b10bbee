import { destinationOf, isDeliveryOver, isPlaced, NO_ORDER, orderFold } from '../../domain/order/index.ts';
import type { Order, OrderEvent, OrderState } from '../../domain/order/index.ts';
import type { Fact, Instant } from '../../domain/shared/decider.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { Position } from '../../delivery/index.ts';
import type { Cursor } from './cursor.ts';
import { takeEvent, takePosition, etaMessages, statusMessages, type Progress, type Step } from './progress.ts';

type Known = {
  /** Of the order, from the first one. */
  readonly events: readonly Recorded[];
  readonly speedKmh: number;
};

const fold = (events: readonly Recorded[]): { readonly order: Order; readonly since: Instant } => {
  let state: OrderState = NO_ORDER;
  let since = '';
  for (const { fact } of events) {
    const before: OrderState['status'] = state.status;
    state = orderFold.evolve(state, fact as Fact<OrderEvent>); // the stream is an order's
    if (state.status !== before) since = fact.at;
  }
  if (!isPlaced(state)) throw new Error('an order that is followed was placed');
  return { order: state, since };
};

const currentOf = ({ events, speedKmh }: Known) => {
  const { order, since } = fold(events);
  const revision = events.at(-1)?.revision ?? -1n;
  return { since, progress: { order, revision, destination: destinationOf(order), speedKmh } };
};

const then = ({ progress, messages }: Step, next: (progress: Progress) => Step): Step => {
  const step = next(progress);
  return { progress: step.progress, messages: [...messages, ...step.messages] };
};

/** The present status first; then where its courier is and when to expect it, unless all that is over. */
export const beginAnew = (known: Known, newest: Position | undefined): Step => {
  const { progress, since } = currentOf(known);
  // A client that is cut off after the status still gets the newest position, and not every position before it.
  const n = newest === undefined ? 0 : newest.n - 1;
  const status = statusMessages({ ...progress, n, seen: undefined, eta: null }, since);
  if (isDeliveryOver(progress.order.status)) return status;
  return then(status, (now) => (newest === undefined ? etaMessages(now) : takePosition(now, newest)));
};

type Later = { readonly at: number; readonly take: (progress: Progress) => Step };

/** When the delivery was over, in milliseconds; Infinity while it is not. */
const endOf = (events: readonly Recorded[]): number => {
  let state: OrderState = NO_ORDER;
  for (const { fact } of events) {
    state = orderFold.evolve(state, fact as Fact<OrderEvent>); // the stream is an order's
    if (isPlaced(state) && isDeliveryOver(state.status)) return Date.parse(fact.at);
  }
  return Infinity;
};

/** Goes on after a cursor with all that happened since, in the order of time. `positions` begins with the one it names. */
export const goOn = ({ events, speedKmh }: Known, cursor: Cursor, positions: readonly Position[]): Step => {
  const { progress } = currentOf({ events: events.filter(({ revision }) => revision <= cursor.revision), speedKmh });
  const endAt = endOf(events);
  // Positions first, and none after the door: the clocks of a process and of the database may differ a little.
  const later: readonly Later[] = [
    ...positions.map((position) => ({
      at: Math.min(position.n, endAt),
      take: (before: Progress) => takePosition(before, position),
    })),
    ...events.map((event) => ({ at: Date.parse(event.fact.at), take: (before: Progress) => takeEvent(before, event) })),
  ];
  const seen = positions.find(({ n }) => n === cursor.n);
  const eta = cursor.eta === 0 ? null : new Date(cursor.eta).toISOString();
  const broken: Progress = { ...progress, n: cursor.n, seen, eta };
  // An estimate that was due when the stream broke off. It can be sent only where its position is known.
  const start = cursor.n === 0 || seen !== undefined ? etaMessages(broken) : { progress: broken, messages: [] };
  return later.toSorted((a, b) => a.at - b.at).reduce<Step>((step, { take }) => then(step, take), start);
};
