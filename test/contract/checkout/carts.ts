import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Carts } from '../../../src/checkout/ports.ts';

export type OpenedCarts = {
  readonly carts: Carts;
  readonly fill: (customerId: string, product_id: string, quantity: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

const trace = { request_id: 'r-1' };

/** What every keeper of carts must do. */
export const cartsContract = (adapter: string, open: () => Promise<OpenedCarts>): void => {
  const test = suite<OpenedCarts>(`carts: ${adapter}`);
  test.before(async (context) => void Object.assign(context, await open()));
  test.after((context) => context.close());

  test('a customer without a cart has nothing in it', async ({ carts }) => {
    assert.equal(await carts.read('nobody', trace), []);
    assert.equal(await carts.read('..', trace), []);
    await carts.clear('nobody', { key: 'k-0', trace });
  });

  test('what was put in is read, by its owner only', async ({ carts, fill }) => {
    await fill('c-1', 'mug', 2);
    assert.equal(await carts.read('c-1', trace), [
      { product_id: 'mug', quantity: 2, product_name: null, unit_price: null },
    ]);
    assert.equal(await carts.read('c-2', trace), []);
  });

  test('it is emptied once under one key: what is put in later stays', async ({ carts, fill }) => {
    await fill('c-3', 'mug', 2);
    await carts.clear('c-3', { key: 'k-1', trace });
    assert.equal(await carts.read('c-3', trace), []);
    await fill('c-3', 'pot', 1);
    await carts.clear('c-3', { key: 'k-1', trace });
    assert.is((await carts.read('c-3', trace)).length, 1);
    await carts.clear('c-3', { key: 'k-2', trace });
    assert.equal(await carts.read('c-3', trace), []);
  });

  test.run();
};
