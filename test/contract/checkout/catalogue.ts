import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Catalogue, Stock } from '../../../src/checkout/ports.ts';

export type OpenedCatalogue = {
  readonly catalogue: Catalogue & Stock;
  readonly fill: (product: Given) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A product as it is put in: its price in major units of EUR. */
export type Given = {
  readonly id: string;
  readonly name: string;
  readonly sku: string;
  readonly price: number;
  readonly stock: number;
  readonly is_active: boolean;
  readonly returnable: boolean;
  readonly return_window_days: number | null;
};

const trace = { request_id: 'r-1' };
const mug = {
  id: 'mug',
  name: 'Mug',
  sku: 'MUG-1',
  price: 12.9,
  stock: 5,
  is_active: true,
  returnable: true,
  return_window_days: 14,
};

/** What every catalogue must do. */
export const catalogueContract = (adapter: string, open: () => Promise<OpenedCatalogue>): void => {
  const test = suite<OpenedCatalogue>(`catalogue: ${adapter}`);
  test.before(async (context) => {
    Object.assign(context, await open());
    await context.fill(mug);
    await context.fill({ ...mug, id: 'old/1 ü', is_active: false, returnable: false, return_window_days: null });
  });
  test.after((context) => context.close());

  const stockOf = async ({ catalogue }: OpenedCatalogue, id: string) =>
    (await catalogue.find([id], trace)).get(id)?.stock;
  const change = (changed: number, key: string = randomUUID(), product_id = 'mug') => ({
    product_id,
    change: changed,
    order_id: randomUUID(),
    key,
    trace,
  });

  test('it is there', async ({ catalogue }) => assert.is(await catalogue.exists(), true));

  test('what it knows comes back under the ids asked for, the rest is left out', async ({ catalogue }) => {
    const found = await catalogue.find(['old/1 ü', 'mug', 'nothing', '..', 'mug'], trace);
    assert.equal([...found.keys()].sort(), ['mug', 'old/1 ü']);
    const product = {
      product_id: 'mug',
      name: 'Mug',
      sku: 'MUG-1',
      description: null,
      unit_price: 1290,
      currency: 'EUR',
      stock: 5,
      is_sold: true,
      returnable: true,
      return_window_days: 14,
    };
    assert.equal(found.get('mug'), product);
    const old = found.get('old/1 ü');
    assert.equal([old?.is_sold, old?.returnable, old?.return_window_days], [false, false, null]);
  });

  test('units go and come', async (context) => {
    assert.is(await context.catalogue.change(change(-2)), 'changed');
    assert.is(await stockOf(context, 'mug'), 3);
    assert.is(await context.catalogue.change(change(2)), 'changed');
    assert.is(await stockOf(context, 'mug'), 5);
  });

  test('the same key is one change, also ten times at once', async (context) => {
    const once = change(-1);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => context.catalogue.change(once)));
    assert.equal([...new Set(outcomes)], ['changed']);
    assert.is(await stockOf(context, 'mug'), 4);
    await context.catalogue.change(change(1));
  });

  test('more than there is does not go, and nothing of it', async (context) => {
    assert.is(await context.catalogue.change(change(-6)), 'refused');
    assert.is(await stockOf(context, 'mug'), 5);
  });

  test('of nine who want one of five units, five get it', async (context) => {
    const outcomes = await Promise.all(Array.from({ length: 9 }, () => context.catalogue.change(change(-1))));
    assert.is(outcomes.filter((outcome) => outcome === 'changed').length, 5);
    assert.is(await stockOf(context, 'mug'), 0);
    await context.catalogue.change(change(5));
  });

  test('what it does not know has no stock', async ({ catalogue }) => {
    assert.is(await catalogue.change(change(1, randomUUID(), 'nothing')), 'unknown_product');
  });

  test.run();
};
