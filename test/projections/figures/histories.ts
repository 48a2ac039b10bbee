import fc from 'fast-check';
import { v5 as uuidv5 } from 'uuid';
import type { OrderEvent } from '../../../src/domain/order/index.ts';
import { attempt, tries } from '../../domain/order/model-attempts.ts';
import { setUp } from '../../domain/order/model-world.ts';
import type { RawEvent } from './reference.ts';

const number = fc.nat({ max: 1000 });
const afterwards = fc.record({
  kind: fc.constantFrom(
    ...(['open', 'open', 'settle', 'settle', 'pay', 'gateway', 'credit', 'refunded'] as const),
    ...(['refund', 'hand', 'resolve', 'overpaid', 'act', 'close'] as const),
  ),
  a: number,
  b: number,
  c: number,
});

/** What happens to goods that leave in parts. */
const onTheWay = fc.record({
  kind: fc.constantFrom(...(['ship', 'ship', 'move', 'move', 'move', 'cut', 'hold', 'act', 'credit', 'open'] as const)),
  a: number,
  b: number,
  c: number,
});

const anOrder = fc.record({
  basket: fc.array(
    fc.record({
      unit_price: fc.integer({ min: 1, max: 999 }),
      quantity: fc.integer({ min: 1, max: 4 }),
      share: fc.integer({ min: 0, max: 100 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  customer: fc.constantFrom('c-1', 'c-2', 'c-3'),
  country: fc.constantFrom('DE', 'IN', undefined),
  autoRefund: fc.boolean(),
  isImported: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  before: fc.array(attempt, { maxLength: 8 }),
  isPaid: fc.boolean(),
  goes: fc.constantFrom('not yet', 'whole', 'in parts'),
  parts: fc.array(onTheWay, { minLength: 8, maxLength: 20 }),
  after: fc.array(afterwards, { minLength: 5, maxLength: 20 }),
});

const PAY_ALL = [
  { kind: 'pay', a: 0, b: 0, c: 1 },
  { kind: 'gateway', a: 0, b: 1, c: 0 },
] as const;
const advance = { kind: 'advance', a: 0, b: 0, c: 0 } as const;
const UNTIL_PACKED = [advance, advance];
/** Most of what happens to an order happens after its delivery. */
const TO_THE_DOOR = [...UNTIL_PACKED, advance, advance];

const STARTS = ['2026-03-28T20:00:00.000Z', '2026-10-24T20:00:00.000Z', '2026-12-30T20:00:00.000Z'] as const;

/**
 * Random histories of a shop: orders that are paid, edited, cancelled, shipped, returned, credited and refunded in every
 * way the model of the order knows, told to one log whose clock runs over New Year and both changes of the clocks.
 */
export const aHistory = fc.record({
  orders: fc.array(anOrder, { minLength: 1, maxLength: 6 }),
  start: fc.constantFrom(...STARTS),
  /** Which order tells its next event, and how many minutes later; below 0: by a clock that is behind. */
  turns: fc.array(fc.record({ who: fc.nat(5), minutes: fc.integer({ min: -20, max: 300 }) }), {
    minLength: 200,
    maxLength: 200,
  }),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York'),
});
export type History = typeof aHistory extends fc.Arbitrary<infer H> ? H : never;

const IDS = 'f1f0bd1e-9f3b-4a56-8a0c-2a70a9bd4c11';
export const orderIdOf = (n: number): string => uuidv5(`order ${n}`, IDS);

/** Imported history happened so long before it was recorded. */
const IMPORTED_AFTER_MS = 3 * 86_400_000;

const IS_ID = new Set([
  'id',
  'order_item_id',
  'payment_id',
  'refund_id',
  'credit_id',
  'return_id',
  'shipment_id',
  'replaces',
]);

/** The readable ids of the model become UUIDs, and each line sells a product of its own number. */
const stored = (order: string, value: unknown, name = ''): unknown => {
  if (typeof value === 'string') return IS_ID.has(name) ? uuidv5(`${order} ${value}`, IDS) : value;
  if (Array.isArray(value)) return value.map((one) => stored(order, one, name));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, stored(order, inner, key)] as const);
  const product = 'product_id' in value && 'id' in value ? { product_id: `p-${String(value.id).slice(-1)}` } : {};
  return { ...Object.fromEntries(entries), ...product };
};

/** What an order lived through, as its stream tells it. */
const live = (given: History['orders'][number], n: number): readonly OrderEvent[] => {
  const world = setUp(given.basket, given.autoRefund, given.currency);
  const { before, isPaid, goes, parts, after } = given;
  const onItsWay = { 'not yet': [], whole: TO_THE_DOOR, 'in parts': [...UNTIL_PACKED, ...parts] }[goes];
  for (const one of [...before, ...(isPaid ? PAY_ALL : []), ...onItsWay, ...after]) tries[one.kind](world, one);
  return world.lived.facts().map(({ type, data }) => {
    const event = { type, data: stored(orderIdOf(n), data) } as OrderEvent; // the same event under other ids
    if (event.type !== 'OrderPlaced') return event;
    const { country: ship_country, customer: customer_id } = given;
    return { ...event, data: { ...event.data, customer_id, ...(ship_country !== undefined && { ship_country }) } };
  });
};

export const tell = ({ orders, start, turns }: History): readonly RawEvent[] => {
  const waiting = orders.map((order, n) => ({
    order: orderIdOf(n),
    isImported: order.isImported,
    events: [...live(order, n)],
  }));
  const log: RawEvent[] = [];
  let now = Date.parse(start);
  for (let turn = 0; waiting.some(({ events }) => events.length > 0); turn++) {
    const { who, minutes } = turns[turn % turns.length] ?? { who: 0, minutes: 1 };
    const open = waiting.filter(({ events }) => events.length > 0);
    const one = open[who % open.length];
    const event = one?.events.shift();
    if (minutes > 0) now += minutes * 60_000;
    const ms = now + Math.min(0, minutes) * 60_000;
    if (one === undefined || event === undefined) continue;
    const { order, isImported } = one;
    const [at, recorded] = [ms - (isImported ? IMPORTED_AFTER_MS : 0), ms].map((time) => new Date(time).toISOString());
    log.push({ order, at: at ?? '', recorded: recorded ?? '', isImported, event });
  }
  return log;
};
