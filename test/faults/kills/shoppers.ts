import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from '../../support/random.ts';
import type { OrderBody } from '../../../src/http/orders/body.ts';
import type { Answered, Ask } from './ask.ts';

/** The state that an order must have, according to the acknowledged answers. */
export type Acknowledged = {
  readonly id: string;
  readonly number: string;
  readonly customer_id: string;
  status: string;
  /** Number of statuses so far, including this one. */
  steps: number;
  isShipped: boolean;
};

/** Position in the log that an answer showed. */
export const positionOf = ({ headers }: Answered<unknown>): string => headers.get('x-event-position') ?? '0';

const LIVES: readonly (readonly string[])[] = [
  ['confirm', 'start_processing', 'ship'],
  ['confirm', 'start_processing', 'ship', 'deliver'],
  ['confirm', 'start_processing', 'out_for_delivery', 'deliver'],
  ['confirm', 'start_processing', 'ship', 'out_for_delivery'],
  ['confirm', 'start_processing'],
  ['confirm', 'cancel'],
  [],
];
/** Pause of a client between two orders, on average, milliseconds. */
const PAUSE_MS = 100;
const SHIPPING = new Set(['ship', 'out_for_delivery']);

const someItems = (dice: Dice) =>
  Array.from({ length: 1 + dice.below(4) }, (_, index) => ({
    product_id: `p-${index}`,
    product_name: dice.pick(['Mug', 'Κούπα', 'चाय', 'Чай']),
    unit_price: (1 + dice.below(100_000)) / 100,
    quantity: 1 + dice.below(5),
  }));

const must = <T extends OrderBody>(answered: Answered<T>, what: string): Answered<T> => {
  if (answered.status >= 300) throw new Error(`${what} was rejected: ${answered.status} ${answered.bytes.toString()}`);
  return answered;
};

/** Sometimes one request is sent over two connections at once; both must get the same answer. */
const askTwice = async (ask: Ask, dice: Dice, asked: Parameters<Ask>[0]): Promise<Answered<OrderBody>> => {
  const [one, other] = await Promise.all([ask<OrderBody>(asked), ...(dice.chance(0.2) ? [ask<OrderBody>(asked)] : [])]);
  if (other !== undefined && (other.status !== one.status || other.headers.get('etag') !== one.headers.get('etag')))
    throw new Error(`${asked.path} was answered ${one.status} and ${other.status} under one key`);
  return one;
};

export const place = async (
  ask: Ask,
  dice: Dice,
  orders: Acknowledged[],
): Promise<Acknowledged & { readonly position: string }> => {
  const customer_id = `customer-${dice.below(7)}`;
  const json = { customer_id, currency: dice.pick(['EUR', 'INR', 'JPY']), items: someItems(dice) };
  if (json.currency === 'JPY') for (const item of json.items) item.unit_price = Math.ceil(item.unit_price);
  const asked = { method: 'POST', path: '/api/v1/orders', json, key: randomUUID() };
  const answered = must(await askTwice(ask, dice, asked), 'placing');
  const { id, order_number: number, status } = answered.body;
  const order = { id, number, customer_id, status, steps: 1, isShipped: false };
  orders.push(order);
  return Object.assign(order, { position: positionOf(answered) });
};

export const act = async (ask: Ask, dice: Dice, order: Acknowledged, action: string): Promise<string> => {
  const path = `/api/v1/orders/${order.id}/state`;
  const asked = { method: 'POST', path, json: { action }, key: randomUUID() };
  const answered = must(await askTwice(ask, dice, asked), `${action} of ${order.number}`);
  order.status = answered.body.status;
  order.steps += 1;
  order.isShipped ||= SHIPPING.has(action);
  return positionOf(answered);
};

/** Places orders and moves them through their statuses, one after the other, until `signal` aborts. */
export const keepOrdering = async (
  ask: Ask,
  dice: Dice,
  { orders, signal }: { readonly orders: Acknowledged[]; readonly signal: AbortSignal },
): Promise<void> => {
  while (!signal.aborted) {
    const order = await place(ask, dice, orders);
    for (const action of dice.pick(LIVES)) await act(ask, dice, order, action);
    await delay(dice.below(2 * PAUSE_MS));
  }
};
