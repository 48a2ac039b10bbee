import {
  etaAt,
  orderFold,
  isDeliveryOver,
  isPlaced,
  isUnderWay,
  type Order,
  type OrderEvent,
  type Coordinates,
} from '../../domain/order/index.ts';
import { ERASED, type Fact, type Instant } from '../../domain/shared/decider.ts';
import type { Revision } from '../../event-store/port.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import type { Position } from '../../delivery/index.ts';
import { writeCursor } from './cursor.ts';

/** One event of the stream. */
export type StreamMessage = {
  readonly event: 'status' | 'position' | 'eta';
  readonly id: string;
  readonly data: object;
};

/** What one who follows an order was told so far, and what is needed to tell what comes next. */
export type Progress = {
  readonly order: Order;
  readonly revision: Revision;
  /** Where it is to go. Kept apart: live events come with what is personal still sealed. */
  readonly destination: Coordinates | null;
  readonly speedKmh: number;
  /** Of the last position told; 0: none. */
  readonly n: number;
  readonly seen: Position | undefined;
  /** The estimate told last; null: none. */
  readonly eta: Instant | null;
};

export type Step = { readonly progress: Progress; readonly told: readonly StreamMessage[] };

const messageOf = ({ revision, n, eta }: Progress, event: StreamMessage['event'], data: object): StreamMessage => ({
  event,
  id: writeCursor({ revision, n, eta: eta === null ? 0 : Date.parse(eta) }),
  data,
});

const estimate = ({ order, destination, seen, speedKmh }: Progress): Instant | null =>
  seen === undefined || destination === null || !isUnderWay(order.status)
    ? order.delivery.estimated_delivery_at
    : etaAt(destination, seen, speedKmh);

/** The estimate, when it is another than was told last. What is over is not expected any more. */
export const etaMessages = (progress: Progress, told: readonly StreamMessage[] = []): Step => {
  const eta = isDeliveryOver(progress.order.status) ? progress.eta : estimate(progress);
  if (eta === null || eta === progress.eta) return { progress, told };
  const next = { ...progress, eta };
  return { progress: next, told: [...told, messageOf(next, 'eta', { estimated_delivery_at: eta })] };
};

export const statusMessages = (progress: Progress, at: Instant): Step => ({
  progress,
  told: [messageOf(progress, 'status', { status: progress.order.status, at })],
});

/** Something happened to the order. What was folded before is passed over. */
export const takeEvent = (progress: Progress, { revision, fact }: Recorded): Step => {
  if (revision <= progress.revision) return { progress, told: [] };
  // The stream is an order's, so the fact is too.
  const order = orderFold.evolve(progress.order, fact as Fact<OrderEvent>);
  if (!isPlaced(order)) return { progress, told: [] };
  const next = { ...progress, order, revision };
  return etaMessages(next, order.status === progress.order.status ? [] : statusMessages(next, fact.at).told);
};

/** Its courier was seen. What was told before is passed over. */
export const takePosition = (progress: Progress, position: Position): Step => {
  if (position.n <= progress.n) return { progress, told: [] };
  const next = { ...progress, n: position.n, seen: position };
  const { latitude, longitude, at } = position;
  return etaMessages(next, [messageOf(next, 'position', { latitude, longitude, last_updated: at })]);
};

/** The same without what only grows: a thousand of these are kept at once. */
export const lighten = (progress: Progress): Progress => ({
  ...progress,
  order: { ...progress.order, lines: [], payments: [], refunds: [], returns: [], personal: ERASED },
});
