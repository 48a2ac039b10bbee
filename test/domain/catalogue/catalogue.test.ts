import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPrices, linesToSell, type Product, type WantedLine } from '../../../src/domain/catalogue/index.ts';

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
  return 'rejected' in outcome && outcome.rejected === 'catalogue.not_sold'
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

test('a price is the catalogue’s or is rejected; stock is not looked at', () => {
  const line = (product_id: string, unit_price: number) => ({ product_id, unit_price });
  assert.is(checkPrices([line('mug', 1299)], products, 'EUR'), undefined);
  assert.equal(checkPrices([line('air', 1299), line('mug', 1)], products, 'EUR'), {
    rejected: 'catalogue.price_differs',
    lines: [{ line: 1, unit_price: 1, price: 1299, currency: 'EUR' }],
  });
  const unknown = checkPrices([line('gone', 1), line('mug', 1)], products, 'EUR');
  assert.is(unknown?.rejected, 'catalogue.not_sold');
});

test.run();
