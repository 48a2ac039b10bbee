import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTrustedPrices } from '../../src/checkout/catalogue-prices.ts';
import type { Catalogue } from '../../src/checkout/ports.ts';
import type { Product } from '../../src/domain/catalogue/index.ts';
import { newLine } from '../support/core.ts';

const test = suite('prices that are trusted');

const mug: Product = {
  product_id: 'mug',
  name: 'Mug',
  sku: null,
  description: null,
  unit_price: 1299,
  currency: 'EUR',
  stock: null,
  is_sold: true,
  returnable: false,
  return_window_days: null,
};

/** A catalogue that counts how often it is asked. */
const catalogueOf = (products: readonly Product[], isOwn: boolean) => {
  const asked = { find: 0, exists: 0 };
  const catalogue: Catalogue = {
    isOwn,
    exists: () => Promise.resolve(++asked.exists > 0 && products.length > 0),
    find: (ids) => {
      asked.find++;
      return Promise.resolve(
        new Map(products.filter(({ product_id }) => ids.includes(product_id)).map((one) => [one.product_id, one])),
      );
    },
  };
  return { asked, catalogue };
};

const how = { actor: { id: 'c-1', role: 'customer' }, currency: 'EUR', trace: { request_id: 'r' } } as const;
const line = newLine({ product_id: 'mug', unit_price: 1 });

test('another price than that of the own catalogue is accepted and recorded, with one question', async () => {
  const { asked, catalogue } = catalogueOf([mug], true);
  assert.equal(await createTrustedPrices(catalogue)([line], how), {
    lines: [{ ...line, catalogue_price: 1299, returnable: false }],
    overrides_catalogue: true,
  });
  assert.equal(asked, { find: 1, exists: 0 });
});

test('a price in another currency cannot be compared', async () => {
  const { catalogue } = catalogueOf([mug], true);
  assert.equal(await createTrustedPrices(catalogue)([line], { ...how, currency: 'USD' }), {
    lines: [{ ...line, returnable: false }],
  });
});

test('a product service is not asked: no order waits for it', async () => {
  const { asked, catalogue } = catalogueOf([mug], false);
  assert.equal(await createTrustedPrices(catalogue)([line], how), { lines: [line] });
  assert.equal(asked, { find: 0, exists: 0 });
});

test('a shop without a catalogue asks for one once a second', async () => {
  const { asked, catalogue } = catalogueOf([], true);
  let now = 0;
  const prices = createTrustedPrices(catalogue, () => now);
  for (now of [0, 500, 999]) assert.equal(await prices([line], how), { lines: [line] });
  assert.equal(asked, { find: 1, exists: 1 });
  now = 1_000;
  await prices([line], how);
  assert.equal(asked, { find: 2, exists: 2 });
});

test.run();
