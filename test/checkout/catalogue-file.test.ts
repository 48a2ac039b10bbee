import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createLocalCarts } from '../../src/checkout/carts.ts';
import { loadCatalogue, readCatalogueFile } from '../../src/checkout/catalogue/catalogue-file.ts';
import { createLocalCatalogue } from '../../src/checkout/catalogue/local.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const test = suite<{ database: TestDatabase }>('the local catalogue from a file');
test.before(async (state) => void (state.database = await openTestDatabase()));
test.after(({ database }) => database.close());

const read = (file: object) => readCatalogueFile(JSON.stringify(file), 'EUR');
const trace = { request_id: 'r-1' };

test('products and carts are put in place of those of the same name', async ({ database: { db } }) => {
  const catalogue = createLocalCatalogue(db);
  const carts = createLocalCarts(db);
  assert.is(await catalogue.exists(), false, 'empty, it is none');
  await loadCatalogue(
    db,
    read({ products: [{ id: 7, price: '12.90' }], carts: { 'c-1': [{ product_id: 7, quantity: 2 }] } }),
  );
  await loadCatalogue(
    db,
    read({
      products: [
        {
          id: '7',
          name: 'Mug',
          price: 500,
          currency: 'JPY',
          stock_quantity: 3,
          is_active: false,
          returnable: false,
          return_window_days: 14,
        },
      ],
      carts: { 'c-1': [], 'c-2': [{ product_id: 'pot', quantity: 1 }] },
    }),
  );
  const found = (await catalogue.find(['7'], trace)).get('7');
  assert.equal(found, {
    product_id: '7',
    name: 'Mug',
    sku: null,
    description: null,
    unit_price: 500,
    currency: 'JPY',
    stock: 3,
    is_sold: false,
    returnable: false,
    return_window_days: 14,
  });
  assert.equal(await carts.read('c-1', trace), []);
  assert.is((await carts.read('c-2', trace)).length, 1);
});

test('the first mistake in the file is named', () => {
  const product = { id: 'mug', price: 1 };
  for (const [file, reason] of [
    [{ products: [{ id: 'mug' }] }, /products\/0\/price/],
    [{ products: [{ ...product, price: '1.999' }] }, /products\[0\]\.price: expected an amount above 0 in EUR/],
    [{ products: [{ ...product, price: 0 }] }, /above 0/],
    [{ products: [product, product] }, /"mug" occurs twice/],
    [{ products: [{ ...product, prize: 1 }] }, /products\/0\/prize/],
    [{ products: [{ ...product, return_window_days: -1 }] }, /return_window_days/],
    [{ carts: { 'c-1': [{ product_id: 'mug', quantity: 0 }] } }, /quantity/],
  ] as const)
    assert.throws(() => read(file), reason);
  assert.throws(() => readCatalogueFile('{', 'EUR'), /not JSON/);
});

test.run();
