import {
  isPlaced,
  NO_ORDER,
  orderFold,
  type Order,
  type OrderEvent,
  type OrderState,
} from '../../domain/order/index.ts';
import { ERASED, type Fact } from '../../domain/shared/decider.ts';
import type { ReturnEvent } from '../../domain/return/index.ts';
import { streamId, STREAM_PREFIXES } from '../../event-store/stream-names.ts';
import type { Recorded } from '../../event-store/recorded.ts';
import { projection, typesFolded, type Addend, type EventDays } from '../engine/index.ts';
import { storedOrder, wholeOrder, type StoredOrder } from '../orders/index.ts';
import { differences, withBookings, type Booking } from './bookings.ts';
import { figuresOf, isDuration, ON_ORDER_DAY, VALUES, type Duration } from './positions.ts';
import { evolveReturn, isReturnRow, type ReturnRow } from './returns.ts';

/** The bookings of one order's events, and the state needed to book the next event. It contains no personal data. */
export type OrderFigures = {
  readonly id: string;
  readonly customer_id: string;
  readonly currency: string;
  /** ISO 3166 code, or `unknown`. */
  readonly country: string;
  /** The day of the order. */
  readonly day: string;
  readonly state: StoredOrder;
  readonly bookings: readonly Booking[];
};

/** Orders and returns each book their own figures: no figure is booked by both. */
export type FigureRow = OrderFigures | ReturnRow;

/** The dimensions in which sums are kept, so that each report reads few rows. */
export type Dimension =
  | 'all'
  | 'product'
  | 'customer'
  | 'country'
  | Exclude<Booking['kind'], 'sale'>
  | `${Duration}_month`;

const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

/** Without the texts of its lines and other data that no figure needs. `before`: whose lines are without them. */
const lean = (order: Order, before: OrderState): StoredOrder => {
  const { staff_notes: _, feedback: __, ...state } = storedOrder(order);
  if (isPlaced(before) && before.lines === order.lines) return state;
  const withoutTexts = { product_name: null, product_sku: null, product_description: null };
  return { ...state, lines: order.lines.map((line) => ({ ...line, ...withoutTexts })) };
};

const countryOf = ({ type, data }: Fact<OrderEvent>): string =>
  (type === 'OrderPlaced' ? data.ship_country : undefined) ?? 'unknown';

/** An event counts on its business day; an imported event counts on the day on which it happened. */
const evolve = (row: FigureRow | undefined, recorded: Recorded, days: EventDays): FigureRow | undefined => {
  const now = recorded.metadata.imported === true ? days.happened : days.booked;
  if (recorded.stream.startsWith('return-'))
    return evolveReturn(row !== undefined && isReturnRow(row) ? row : undefined, recorded, { ...days, now });
  return evolveOrder(row === undefined || isReturnRow(row) ? undefined : row, recorded, { ...days, now });
};

const evolveOrder = (
  row: OrderFigures | undefined,
  { stream, fact }: Recorded,
  { booked, now }: EventDays & { readonly now: string },
): OrderFigures | undefined => {
  const event = fact as Fact<OrderEvent>; // order streams hold nothing else
  const before = row === undefined ? NO_ORDER : wholeOrder(row.state, ERASED);
  const after = orderFold.evolve(before, event);
  if (!isPlaced(after)) return row;
  const day = row?.day ?? now;
  const changes = differences(isPlaced(before) ? figuresOf(before) : [], figuresOf(after));
  return {
    id: streamId(stream),
    customer_id: after.customer_id,
    currency: after.currency,
    country: row?.country ?? countryOf(event),
    day,
    state: lean(after, before),
    bookings: withBookings(
      row?.bookings ?? [],
      changes.map((change) => ({ ...change, day: ON_ORDER_DAY.has(change.kind) ? day : now, booked })),
    ),
  };
};

const ORDERS = VALUES.indexOf('orders');

/** Amounts without a product count no order in addition to the orders of the products. */
const ofProduct = ({ key, values }: Booking): readonly number[] =>
  key === '' ? values.map((value, n) => (n === ORDERS ? 0 : value)) : values;

type Total = Pick<Booking, 'day' | 'booked'> & { readonly values: number[] };

/** The sales of all products by day. An order counts once, for any number of products: under the key without a product. */
const totalsOf = (bookings: readonly Booking[]): readonly Total[] => {
  const totals: Total[] = [];
  for (const { kind, key, day, booked, values } of bookings) {
    if (kind !== 'sale') continue;
    let total = totals.find((one) => one.day === day && one.booked === booked);
    if (total === undefined) {
      total = { day, booked, values: VALUES.map(() => 0) };
      totals.push(total);
    }
    for (let n = 0; n < values.length; n++)
      if (n !== ORDERS || key === '') total.values[n] = (total.values[n] ?? 0) + (values[n] ?? 0);
  }
  return totals;
};

const addendsOf = ({ customer_id, currency, country, bookings }: FigureRow): readonly Addend[] => {
  const under = (
    [dimension, name]: readonly [Dimension, string],
    { day, booked }: Pick<Booking, 'day' | 'booked'>,
    values: readonly number[],
  ): Addend => ({ key: [dimension, day, currency, name, booked], values });
  return [
    ...bookings.flatMap((one): Addend[] => {
      const { kind, key, day, booked, values } = one;
      if (kind === 'sale') return [under(['product', key], one, ofProduct(one))];
      const own = under([kind, key], one, values);
      if (!isDuration(kind)) return [own];
      const month: Dimension = `${kind}_month`;
      return [own, { key: [month, firstOfMonth(day), '', key, firstOfMonth(booked)], values }];
    }),
    ...totalsOf(bookings).flatMap((total) => [
      under(['all', ''], total, total.values),
      under(['customer', customer_id], total, total.values),
      under(['country', country], total, total.values),
    ]),
  ];
};

export const figures = projection<FigureRow>({
  name: 'figures',
  version: 3,
  // Every stream: a business day is a range of the whole log.
  prefixes: STREAM_PREFIXES,
  isDated: true,
  personal: false,
  types: typesFolded<OrderEvent['type'] | ReturnEvent['type']>({
    OrderPlaced: true,
    OrderReleased: true,
    OrderConfirmed: true,
    OrderProcessingStarted: true,
    OrderShipped: true,
    OrderOutForDelivery: true,
    OrderDelivered: true,
    ItemsShipped: true,
    ShipmentOutForDelivery: true,
    ShipmentDelivered: true,
    ShipmentFailed: true,
    ShipmentReturnedToSender: true,
    ShipmentLost: true,
    ShipmentResolved: true,
    ShipmentDetailsChanged: false,
    OrderCancelled: true,
    OrderReturned: true,
    OrderItemsModified: true,
    OrderDetailsChanged: false,
    DeliveryPartnerAssigned: false,
    ItemsCancelled: true,
    OrderHeld: false,
    HoldReleased: false,
    PaymentStarted: false,
    PaymentCaptured: true,
    PaymentFailed: false,
    OrderCredited: true,
    RefundAllocated: true,
    PaymentRefunded: true,
    PaymentRefundFailed: true,
    RefundResolved: true,
    RefundWithdrawn: true,
    ReturnOpened: true,
    ReturnSettled: true,
    ReturnClosed: true,
    FeedbackGiven: false,
    ReturnInitiated: true,
    ReturnApproved: false,
    ReturnRejected: false,
    ReturnCancelled: false,
    ReturnNotSent: false,
    ReturnPickupScheduled: false,
    ReturnInTransit: false,
    ReturnReceived: false,
    ReturnExchanged: false,
    ReturnProcessed: true,
    ReturnRefunded: true,
    ReturnDetailsChanged: false,
    NoteAdded: false,
  }),
  table: 'figure_orders',
  key: 'id',
  keysElsewhere: "select id from numbers where kind in ('order', 'return')",
  columns: {
    id: 'uuid',
    customer_id: 'text',
    currency: 'text',
    country: 'text',
    day: 'date',
    state: 'json',
    bookings: 'json',
  },
  evolve,
  counted: ['customer_id', 'currency', 'country', 'bookings'],
  sums: {
    table: 'figure_sums',
    key: { dimension: 'text', day: 'date', currency: 'text', key: 'text', booked: 'date' },
    values: VALUES,
    of: addendsOf,
  },
});
