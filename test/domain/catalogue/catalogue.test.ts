import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  hasCataloguePrices,
  linesOfCatalogue,
  linesToSell,
  type Product,
  type WantedLine,
} from '../../../src/domain/catalogue/index.ts';

const test = suite('what the catalogue sells');

const product = (product_id: string, changes: Partial<Product> = {}): readonly [string, Product] => [
  product_id,
  {
    product_id,
    name: product_id.toUpperCase(),
    sku: null,
    description: null,
    unit_price: 1299,
    currency: 'EUR',
    stock: 5,
    is_sold: true,
    returnable: true,
    return_window_days: null,
    ...changes,
  },
];
const wanted = (product_id: string, quantity = 1, changes: Partial<WantedLine> = {}): WantedLine => ({
  product_id,
  quantity,
  product_name: null,
  unit_price: null,
  ...changes,
});
const products = new Map([
  product('mug'),
  product('old', { is_sold: false }),
  product('far', { currency: 'USD' }),
  product('air', { stock: null }),
]);
const reasons = (...lines: readonly WantedLine[]) => {
  const outcome = linesToSell(lines, products, 'EUR');
  return 'rejected' in outcome &&
    (outcome.rejected === 'catalogue.not_sold' || outcome.rejected === 'stock.insufficient')
    ? outcome.lines.map(({ line, reason, available }): readonly unknown[] => [line, reason, available])
    : outcome;
};

test('price and name come from the catalogue, not from the request', () => {
  const outcome = linesToSell([wanted('mug', 2, { unit_price: 1, product_name: 'Free mug' })], products, 'EUR');
  assert.ok(!('rejected' in outcome));
  const [line] = outcome.lines;
  assert.equal([line?.product_name, line?.unit_price, line?.quantity], ['MUG', 1299, 2]);
});

test('a product wanted twice is one line, and its stock is counted once', () => {
  assert.equal(reasons(wanted('mug', 3), wanted('air', 1), wanted('mug', 3)), [[0, 'sold_out', 5]]);
  const outcome = linesToSell([wanted('mug', 2), wanted('mug', 3)], products, 'EUR');
  assert.ok(!('rejected' in outcome));
  assert.equal(
    outcome.lines.map(({ quantity }) => quantity),
    [5],
  );
});

test('everything that cannot be sold is named at once, with the reason', () => {
  assert.equal(reasons(wanted('gone'), wanted('old'), wanted('mug', 6), wanted('far'), wanted('air', 1_000_000)), [
    [0, 'unknown', null],
    [1, 'not_sold', null],
    [2, 'sold_out', 5],
    [3, 'currency', null],
  ]);
});

test('without a catalogue the request must bring the price', () => {
  const priced = linesToSell([wanted('mug', 2, { unit_price: 700 })], undefined, 'EUR');
  assert.ok(!('rejected' in priced));
  assert.is(priced.lines[0]?.unit_price, 700);
  const bare = linesToSell([wanted('mug')], undefined, 'EUR');
  assert.ok('rejected' in bare && bare.rejected === 'catalogue.not_sold');
  assert.is(bare.lines[0]?.reason, 'no_price');
});

const sent = (product_id: string, unit_price: number, quantity = 1) => ({
  product_id,
  unit_price,
  quantity,
  product_name: 'MacBook Pro 16',
  product_sku: 'MBP-16',
  product_description: 'As good as new',
});
const checked = (lines: readonly ReturnType<typeof sent>[], kept: readonly ReturnType<typeof sent>[] = []) =>
  linesOfCatalogue(lines, products, { currency: 'EUR', kept });

test('what a customer calls a product is not printed: its words are the catalogue’s', () => {
  const mug = { product_id: 'mug', unit_price: 1299, quantity: 2 };
  assert.equal(checked([sent('mug', 1299, 2)]), {
    lines: [{ ...mug, product_name: 'MUG', product_sku: null, product_description: null }],
  });
});

test('another price, and what is not sold, is rejected by its line', () => {
  assert.equal(checked([sent('air', 1299), sent('mug', 1)]), {
    rejected: 'catalogue.price_differs',
    lines: [{ line: 1, unit_price: 1, price: 1299, currency: 'EUR' }],
  });
  const unknown = checked([sent('gone', 1), sent('mug', 1)]);
  assert.ok('rejected' in unknown && unknown.rejected === 'catalogue.not_sold');
});

test('stock is short for the lines of a product together, besides the units that the order has', () => {
  const short = { rejected: 'stock.insufficient' };
  const line = { line: 1, product_id: 'mug', reason: 'sold_out', available: 5 };
  assert.equal(checked([sent('air', 1299, 9), sent('mug', 1299, 3), sent('mug', 1299, 3)]), {
    ...short,
    lines: [line],
  });
  assert.ok('lines' in checked([sent('mug', 1299, 5)]));
  assert.ok(!('rejected' in checked([sent('mug', 1299, 7)], [sent('mug', 1299, 2)])));
  assert.ok('rejected' in checked([sent('mug', 1299, 8)], [sent('mug', 1299, 2)]));
  const cart = linesToSell([wanted('mug', 6)], products, 'EUR');
  assert.ok('rejected' in cart && cart.rejected === 'stock.insufficient');
});

test('prices of staff are compared, and nothing else', () => {
  assert.ok(hasCataloguePrices([sent('mug', 1299, 99)], products, 'EUR'));
  for (const lines of [[sent('mug', 1)], [sent('gone', 1299)]]) assert.not(hasCataloguePrices(lines, products, 'EUR'));
});

test.run();
