import { findEvent, fold } from '../commands/index.ts';
import {
  orderFold,
  isPlaced,
  type Order,
  type OrderEvent,
  type OrderPlaced,
  type OrderState,
  type OrderStatus,
} from '../domain/order/index.ts';
import { isInitiated, returnDecider, type Return } from '../domain/return/index.ts';
import type { Codec } from '../event-store/codec.ts';
import type { EventStore, Position, Revision } from '../event-store/port.ts';
import type { Recorded } from '../event-store/recorded.ts';

export type HistoryDeps = {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
};

export type OrderThen = {
  readonly placed: OrderPlaced['data'];
  readonly order: Order;
  /** Before the last of its events; null: there was none. */
  readonly statusBefore: OrderStatus | null;
};

/** Streams at a given revision. Each is read only once: make one cache for a small number of events. */
export type History = {
  readonly events: (stream: string) => Promise<readonly Recorded[]>;
  /** `first`: the event at this revision, where it is at hand. */
  readonly orderAt: (stream: string, revision: Revision, first?: Recorded) => Promise<OrderThen>;
  readonly orderNow: (stream: string) => Promise<Order>;
  /** Its state at the time of an event elsewhere in the log. */
  readonly orderBefore: (stream: string, position: Position) => Promise<OrderThen>;
  readonly returnAt: (stream: string, revision: Revision) => Promise<Return>;
};

/** The stream, or its beginning, was deleted in the event store, so its content is no longer known. */
export class StreamGone extends Error {
  override readonly name = 'StreamGone';
}

const demandBeginning = (stream: string, events: readonly Recorded[]): void => {
  if (events[0]?.revision !== 0n) throw new StreamGone(`the beginning of ${stream} is gone`);
};

const orderOf = (stream: string, events: readonly Recorded[]): OrderThen => {
  demandBeginning(stream, events);
  const placed = findEvent(events, 'OrderPlaced')?.fact.data;
  const order = fold<OrderEvent, OrderState>(orderFold, events);
  const before = fold<OrderEvent, OrderState>(orderFold, events.slice(0, -1));
  if (placed === undefined || !isPlaced(order)) throw new Error(`${stream} does not begin with an order`);
  return { placed, order, statusBefore: isPlaced(before) ? before.status : null };
};

export const openHistory = ({ store, codec }: HistoryDeps): History => {
  const read = new Map<string, Promise<readonly Recorded[]>>();

  const upTo = (stream: string, revision?: Revision): Promise<readonly Recorded[]> => {
    const key = `${stream}@${revision ?? 'head'}`;
    const known = read.get(key);
    if (known !== undefined) return known;
    const limit = revision === undefined ? {} : { limit: Number(revision) + 1 };
    const reading = store.readStream(stream, limit).then((events) => codec.decode(events));
    read.set(key, reading);
    return reading;
  };

  return {
    events: upTo,
    orderAt: async (stream, revision, first) =>
      orderOf(stream, revision === 0n && first !== undefined ? [first] : await upTo(stream, revision)),
    orderNow: async (stream) => orderOf(stream, await upTo(stream)).order,
    orderBefore: async (stream, before) =>
      orderOf(
        stream,
        (await upTo(stream)).filter(({ position }) => position <= before),
      ),
    returnAt: async (stream, revision) => {
      const events = await upTo(stream, revision);
      demandBeginning(stream, events);
      const back = fold(returnDecider, events);
      if (!isInitiated(back)) throw new Error(`${stream} does not begin with a return`);
      return back;
    },
  };
};
