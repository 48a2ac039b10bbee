import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findingsOf, fixture, mapOf, orderIn, profileOf, readFixture } from './read.ts';

const test = suite('the sample files come to what they must');

const moneyOf = ({ captured, refunds, total }: ReturnType<typeof orderIn>) => ({
  total,
  captured,
  refunded: refunds.reduce((sum, { amount }) => sum + amount, 0),
});

const linesOf = ({ lines }: ReturnType<typeof orderIn>) =>
  lines.map(({ quantity, unit_price, discount, tax }) => [quantity, unit_price, discount, tax]);

test('Shopify: a mark, a line break in quotes, an apostrophe before the zip, offsets that change', async () => {
  const read = await readFixture(fixture('shopify.csv'), profileOf('shopify'));
  assert.equal(findingsOf(read), []);

  const first = orderIn(read, '#2001');
  assert.equal(moneyOf(first), { total: 5938, captured: 5938, refunded: 0 });
  assert.equal(linesOf(first), [
    [2, 1500, 300, 569],
    [1, 2000, 200, 379],
  ]);
  assert.is(first.shipping_cost, 490);
  assert.is(first.created_at, '2026-03-28T22:29:10.000Z');
  assert.is(first.status, 'delivered');
  assert.is(first.notes, 'leave at door,\nring "twice"');
  assert.is(first.billing_address?.['postal_code'], '1010');
  assert.equal(first.meta_data, { discount_code: 'SPRING' });

  const second = orderIn(read, '#2002');
  assert.equal(moneyOf(second), { total: 6000, captured: 6000, refunded: 2000 });
  assert.equal(linesOf(second), [[3, 2000, 0, 0]]);
  assert.is(second.created_at, '2026-03-29T07:59:00.000Z');
  assert.is(second.status, 'delivered');

  const third = orderIn(read, '#2003');
  assert.equal(moneyOf(third), { total: 1250, captured: 0, refunded: 0 });
  assert.is(third.status, 'cancelled');
  assert.is(third.created_at, '2026-03-30T06:00:00.000Z');
  assert.is(third.cancelled_at, '2026-03-30T06:05:00.000Z');
});

const BERLIN = { zone: 'Europe/Berlin' };

test('WooCommerce: a total that no reading explains is an error, and names every reading', async () => {
  const read = await readFixture(fixture('woocommerce.csv'), profileOf('woocommerce'), BERLIN);
  const [found = '', ...more] = findingsOf(read);
  assert.equal(more, []);
  assert.match(found, /^error 2 order_total 51\.60: the sum of the lines: 52\.60 \(.*lines\).* or 50\.60 \(.*order\)/);
  assert.is(read[0]?.order, undefined);

  const second = orderIn(read, '502');
  assert.equal(moneyOf(second), { total: 999, captured: 999, refunded: 999 });
  assert.is(second.created_at, '2026-01-16T08:00:00.000Z');
  assert.equal(second.refunds, [{ amount: 999, at: '2026-01-20T09:00:00.000Z' }]);
});

test('WooCommerce: within the tolerance the difference is a visible discount', async () => {
  const how = { ...BERLIN, tolerance: '1.00' };
  const read = await readFixture(fixture('woocommerce.csv'), profileOf('woocommerce'), how);
  assert.equal(findingsOf(read), ['warning 2 order_total 51.60: 52.60; it was adjusted by -1.00']);
  const first = orderIn(read, '501');
  assert.is(first.total, 5160);
  assert.is(first.created_at, '2026-01-15T17:20:00.000Z');
  assert.is(
    first.lines.reduce((sum, { discount }) => sum + discount, 0),
    300,
  );
  assert.equal(first.meta_data, { import_adjustment: '-1.00' });
});

test('WooCommerce: without a zone its times are errors', async () => {
  const read = await readFixture(fixture('woocommerce.csv'), profileOf('woocommerce'));
  assert.ok(findingsOf(read).length > 0 && findingsOf(read).every((found) => found.includes('--zone')));
  assert.ok(read.length > 0 && read.every(({ order }) => order === undefined));
});

test('Amazon: the price is the line’s, tax on top, shipping with its tax; an order without lines is left out', async () => {
  const read = await readFixture(fixture('amazon.tsv'), profileOf('amazon'));
  assert.equal(findingsOf(read), [
    'warning 4 amazon-order-id 302-0000001-0000002: an order with lines; it was left out',
  ]);
  const order = orderIn(read, '302-0000001-0000001');
  assert.equal(moneyOf(order), { total: 7653, captured: 7653, refunded: 0 });
  assert.equal(linesOf(order), [
    [2, 2100, 0, 798],
    [1, 1800, 200, 342],
  ]);
  assert.is(order.shipping_cost, 713);
  assert.is(order.created_at, '2026-04-11T14:42:00.000Z');
  assert.is(order.status, 'shipped');
});

test('own shop: Windows-1252, a preamble, semicolons, a decimal comma, and a row that gives back what was never paid', async () => {
  const read = await readFixture(fixture('own-shop.csv'), await mapOf('own-shop.map.yaml'), BERLIN);
  const order = orderIn(read, '7001');
  assert.equal(moneyOf(order), { total: 124_440, captured: 124_440, refunded: 0 });
  assert.equal(linesOf(order), [[2, 61_725, 0, 0]]);
  assert.is(order.created_at, '2026-05-01T12:03:00.000Z');
  assert.is(order.customer_name, 'Jörg Müller');
  assert.is(order.lines[0]?.product_name, 'Stuhl „Öko“');
  assert.equal(findingsOf(read), ['error 6 Gesamt -99,00: at most 0.00, the paid amount that is not refunded yet']);
  assert.equal(
    read.map(({ number, order: one }) => [number?.text, one === undefined]),
    [
      ['7001', false],
      ['7002', true],
    ],
  );
});

test.run();
