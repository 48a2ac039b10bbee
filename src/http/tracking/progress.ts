import {
  etaAt,
  orderFold,
  isDeliveryOver,
  isPlaced,
  isInDelivery,
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

/** What a stream has sent so far, and what is needed to compute the next messages. */
export type Progress = {
  readonly order: Order;
  readonly revision: Revision;
  /** Where the order goes. Kept apart, because live events come with their personal data sealed. */
  readonly destination: Coordinates | null;
  readonly speedKmh: number;
  /** Of the last position sent; 0: none. */
  readonly n: number;
  readonly seen: Position | undefined;
  /** The estimate sent last; null: none. */
  readonly eta: Instant | null;
};

export type Step = { readonly progress: Progress; readonly messages: readonly StreamMessage[] };

const messageOf = ({ revision, n, eta }: Progress, event: StreamMessage['event'], data: object): StreamMessage => ({
  event,
  id: writeCursor({ revision, n, eta: eta === null ? 0 : Date.parse(eta) }),
  data,
});

const estimate = ({ order, destination, seen, speedKmh }: Progress): Instant | null =>
  seen === undefined || destination === null || !isInDelivery(order.status)
    ? order.delivery.estimated_delivery_at
    : etaAt(destination, seen, speedKmh);

/** The estimate, when it differs from the one sent last. An order whose delivery is over has none. */
export const etaMessages = (progress: Progress, messages: readonly StreamMessage[] = []): Step => {
  const eta = isDeliveryOver(progress.order.status) ? progress.eta : estimate(progress);
  if (eta === null || eta === progress.eta) return { progress, messages };
  const next = { ...progress, eta };
  return { progress: next, messages: [...messages, messageOf(next, 'eta', { estimated_delivery_at: eta })] };
};

export const statusMessages = (progress: Progress, at: Instant): Step => ({
  progress,
  messages: [messageOf(progress, 'status', { status: progress.order.status, at, ...parcelsOf(progress.order) })],
});

/** Every parcel, with a carrier or without; nothing if there is none. */
const parcelsOf = ({ shipments }: Order) => {
  const parcels = shipments.map(({ shipment_id: id, status, carrier, tracking_number, tracking_url }) => ({
    id,
    status,
    carrier,
    tracking_number,
    tracking_url,
  }));
  return parcels.length === 0 ? {} : { shipments: parcels };
};

/** Whether a customer would see anything else: the status of the order, or anything of a parcel. */
const isSeenAlike = (one: Order, other: Order): boolean =>
  one.status === other.status &&
  (one.shipments === other.shipments || JSON.stringify(parcelsOf(one)) === JSON.stringify(parcelsOf(other)));

/** Takes an event of the order. One that is folded already is skipped. */
export const takeEvent = (progress: Progress, { revision, fact }: Recorded): Step => {
  if (revision <= progress.revision) return { progress, messages: [] };
  // The stream is an order's, so the fact is too.
  const order = orderFold.evolve(progress.order, fact as Fact<OrderEvent>);
  if (!isPlaced(order)) return { progress, messages: [] };
  const next = { ...progress, order, revision };
  return etaMessages(next, isSeenAlike(order, progress.order) ? [] : statusMessages(next, fact.at).messages);
};

/** Takes a position of the courier. One that was sent already is skipped. */
export const takePosition = (progress: Progress, position: Position): Step => {
  if (position.n <= progress.n) return { progress, messages: [] };
  const next = { ...progress, n: position.n, seen: position };
  const { latitude, longitude, at } = position;
  return etaMessages(next, [messageOf(next, 'position', { latitude, longitude, last_updated: at })]);
};

/** The same without what only grows: a thousand of these are kept at once. */
export const lighten = (progress: Progress): Progress => ({
  ...progress,
  order: {
    ...progress.order,
    // The status follows from the units of lines, shipments and returns: these stay.
    lines: progress.order.lines.map((line) => ({ ...line, product_name: null, product_description: null })),
    payments: [],
    refunds: [],
    personal: ERASED,
  },
});
