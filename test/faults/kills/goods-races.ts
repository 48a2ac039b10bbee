import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import * as assert from 'uvu/assert';
import { openStockMoves } from '../../../src/checkout/stock-moves.ts';
import { DISPOSITIONS } from '../../../src/domain/return/index.ts';
import type { Core } from '../../support/core.ts';
import { assertUnits, unitsOffShelf } from '../../support/goods.ts';
import { readOrder } from '../../support/reconcile.ts';
import type { Dice } from '../../support/random.ts';
import type { Ask } from './ask.ts';

type OrderJson = {
  readonly id: string;
  readonly total: number;
  readonly items: readonly { readonly id: string }[];
  readonly shipments: readonly { readonly id: string }[];
};
type Created = { readonly id: string };

const PRODUCT = 'p-stocked-mug';
const PRICE = 12.99;
const LOADED = 10_000;
const CLERKS = 2;
const STEPS_EACH = 8;

/** A product of the shop's own catalogue, with more units than any round sells. */
export const loadStock = async (db: Knex): Promise<void> => {
  await db('local_products').insert({ product_id: PRODUCT, unit_price: 1299, currency: 'USD', stock: LOADED });
};

const post = <T = Created>(ask: Ask, path: string, json: unknown = {}) =>
  ask<T>({ method: 'POST', path: `/api/v1${path}`, key: randomUUID(), json });

/** From the catalogue, so that its units are taken from the stock. */
const placeStocked = async (customer: Ask): Promise<OrderJson> => {
  const items = [3, 2].map((quantity) => ({ product_id: PRODUCT, quantity }));
  const { body: template } = await post(customer, '/templates', { name: randomUUID(), items });
  const { body, status } = await post<OrderJson>(customer, `/templates/${template.id}/order`);
  assert.is(status, 201, JSON.stringify(body));
  return body;
};

/** What one clerk does next to an order; what is not possible any more is rejected. */
const movesOf = (ask: Ask, dice: Dice, { id, items }: OrderJson): readonly (() => Promise<unknown>)[] => {
  const path = `/orders/${id}`;
  const some = () => [{ order_item_id: dice.pick(items).id, quantity: 1 + dice.below(2) }];
  const ship = () => post(ask, `${path}/shipments`, { items: some() });
  const move = async () => {
    const { shipments } = (await ask<OrderJson>({ path: `/api/v1${path}` })).body;
    const action = dice.pick(['out_for_delivery', 'deliver', 'deliver', 'fail', 'returned_to_sender', 'lost']);
    const isEnd = action === 'returned_to_sender' || action === 'lost';
    const resolution = isEnd && dice.chance(0.7) ? { resolution: dice.pick(['refund', 'resend']) } : {};
    const one = shipments.length === 0 ? undefined : dice.pick(shipments);
    return one && post(ask, `${path}/shipments/${one.id}/state`, { action, ...resolution });
  };
  /** Brought to the shop: no transport is made up for it. */
  const bringBack = async () => {
    const wanted = [{ ...some()[0], quantity: 1 }];
    const { body, status } = await post(ask, '/returns', { order_id: id, items: wanted, reason: 'damaged' });
    if (status !== 201) return;
    const back = `/returns/${body.id}`;
    if (dice.chance(0.2)) return post(ask, `${back}/state`, { action: dice.pick(['cancel', 'not_sent']) });
    for (const action of ['approve', 'receive']) await post(ask, `${back}/state`, { action });
    const inspected = wanted.map(({ order_item_id }) => ({ order_item_id, disposition: dice.pick(DISPOSITIONS) }));
    if (dice.chance(0.7)) return post(ask, `${back}/state`, { action: 'process', items: inspected });
    const plate = { product_id: 'p-plate', product_name: 'Plate', quantity: 1, unit_price: PRICE };
    // Two clicks on the same button.
    return Promise.all([1, 2].map(() => post(ask, `${back}/exchange`, { items: [plate], delivery_fee: 0 })));
  };
  const cut = () => post(ask, `${path}/cancel-items`, { items: some(), reason_category: 'out_of_stock' });
  const hold = async () => {
    await post(ask, `${path}/hold`, { reason_category: 'address' });
    await post(ask, `${path}/release`);
  };
  return [ship, ship, move, move, move, bringBack, bringBack, cut, hold];
};

/** Clerks ship, lose, send again, cut, hold, take back and exchange the goods of a customer's order at the same time. */
export const anyGoods =
  (customer: Ask) =>
  async (ask: Ask, dice: Dice): Promise<string> => {
    const order = await placeStocked(customer);
    const { id, total } = order;
    if (dice.chance(0.7)) {
      const { body } = await post(ask, '/payments', { order_id: id, method: 'credit_card', amount: total });
      await post(ask, `/payments/${body.id}/process`);
    }
    for (const action of ['confirm', 'start_processing']) await post(ask, `/orders/${id}/state`, { action });
    const clerk = async (): Promise<void> => {
      for (let n = 0; n < STEPS_EACH; n += 1) await dice.pick(movesOf(ask, dice, order))();
    };
    await Promise.all(Array.from({ length: CLERKS }, clerk));
    return id;
  };

/** Every unit is in one place, and the stock lacks exactly those that are off the shelf. */
export const assertGoods = async (core: Core, orders: readonly string[]): Promise<{ readonly parcels: number }> => {
  let parcels = 0;
  let offShelf = 0;
  const moves = openStockMoves(core.db);
  for (const id of orders) {
    const order = await readOrder(core, id);
    assertUnits(order);
    parcels += order.shipments.length;
    if (order.lines.every(({ product_id }) => product_id !== PRODUCT)) continue;
    const moved = (await moves.of(id)).filter(({ outcome }) => outcome === 'changed');
    const units = await unitsOffShelf(core, id);
    assert.is(moved.reduce((sum, { change }) => sum + change, 0) + units, 0, `the stock of ${id}`);
    offShelf += units;
  }
  const row = await core
    .db<{ product_id: string; stock: string }>('local_products')
    .where({ product_id: PRODUCT })
    .first('stock');
  assert.is(Number(row?.stock), LOADED - offShelf, 'stock = loaded − taken + restocked');
  return { parcels };
};
