import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UnreadableFile } from '../../src/imports/findings.ts';
import { MAP_FIELDS, MAP_SETTINGS, ownMap } from '../../src/imports/profiles/own-map.ts';
import { findingsOf, orderIn, profileOf, readText } from './read.ts';

const test = suite('what files of shops do');

const shopify = profileOf('shopify');
const BASE = ['Name', 'Currency', 'Created at', 'Total', 'Lineitem quantity', 'Lineitem price'];

type Rows = readonly Readonly<Record<string, string>>[];

/** A file of Shopify: the usual columns with usual values, and these. */
const shopifyFile = (...rows: Rows): string => {
  const columns = [...new Set([...BASE, ...rows.flatMap((row) => Object.keys(row))])];
  const usual: Record<string, string> = { Name: '#1', Currency: 'EUR', 'Created at': '2026-01-01 10:00:00 +0000' };
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => columns.map((column) => quoted(row[column] ?? usual[column] ?? '')).join(','));
  return [columns.join(','), ...lines].join('\n');
};
const line = (quantity: string, price: string) => ({ 'Lineitem quantity': quantity, 'Lineitem price': price });

const read = async (...rows: Rows) => readText(shopifyFile(...rows), shopify);
const only = async (...rows: Rows) => orderIn(await read(...rows), '#1');

test('tax that is inside the prices is taken out of them, and the total stays', async () => {
  const order = await only({ Total: '119.00', Taxes: '19.00', Subtotal: '119.00', ...line('2', '59.50') });
  assert.is(order.total, 11_900);
  assert.equal(
    order.lines.map(({ unit_price, quantity, discount, tax }) => [unit_price, quantity, discount, tax]),
    [[5000, 2, 0, 1900]],
  );
});

test('an amount that does not divide by its quantity: the unit price is rounded up, the rest is a discount', async () => {
  const map = ownMap('m.yaml', MAP, 'm');
  const order = orderIn(await readText('no;at;qty;sum\n1;2026-01-01T00:00:00Z;3;10,00\n', map), '1');
  assert.equal(
    order.lines.map(({ unit_price, quantity, discount }) => [unit_price, quantity, discount]),
    [[334, 3, 2]],
  );
  assert.is(order.total, 1000);
});

test('a discount larger than the goods was given on shipping', async () => {
  const order = await only({ Total: '2.00', Shipping: '5.00', 'Discount Amount': '13.00', ...line('1', '10.00') });
  assert.equal([order.total, order.shipping_cost, order.lines[0]?.discount], [200, 200, 1000]);
});

test('a line that was given away stays in the order', async () => {
  const order = await only({ Total: '10.00', ...line('1', '10.00') }, line('1', '0.00'));
  assert.is(order.lines.length, 2);
  assert.is(order.lines[1]?.unit_price, 0);
});

test('an e-mail that is a list of addresses is left out, with a warning', async () => {
  const listed = { Email: 'a,b@evil.example', Total: '10.00', ...line('1', '10.00') };
  assert.is((await only(listed)).customer_email, null);
  assert.match(findingsOf(await read(listed))[0] ?? '', 'warning 2 Email a,b@evil.example: one e-mail address');
  assert.is((await only({ ...listed, Email: 'ana@customer.example' })).customer_email, 'ana@customer.example');
});

test('a partial payment is the total less the outstanding amount; without that column it is unknown', async () => {
  const partly = { Total: '10.00', 'Financial Status': 'partially_paid', ...line('1', '10.00') };
  assert.is((await only({ ...partly, 'Outstanding Balance': '4.00' })).captured, 600);
  assert.match(findingsOf(await read(partly))[0] ?? '', 'Outstanding Balance');
});

test('a status that is not known is an error, and names those that are', async () =>
  assert.equal(findingsOf(await read({ Total: '10.00', 'Financial Status': 'parked', ...line('1', '10.00') })), [
    'error 2 Financial Status parked: one of paid, partially_paid, pending, authorized, expired, unpaid, refunded, partially_refunded, voided',
  ]));

test('a voided order without a time of cancellation is cancelled, with a warning', async () => {
  const found = await read({ Total: '10.00', 'Financial Status': 'voided', ...line('1', '10.00') });
  assert.is(orderIn(found, '#1').status, 'cancelled');
  assert.match(findingsOf(found)[0] ?? '', /^warning 2 Name/);
});

test('an order without lines is left out, with a warning', async () => {
  const found = await read({ Total: '0.00' });
  assert.is(found[0]?.order, undefined);
  assert.match(findingsOf(found)[0] ?? '', /^warning 2 Name #1: an order with lines/);
});

test('a refund without an amount is all that was paid', async () => {
  const order = await only({ Total: '10.00', 'Financial Status': 'refunded', ...line('1', '10.00') });
  assert.equal(
    order.refunds.map(({ amount }) => amount),
    [1000],
  );
});

test('more given back than was paid is an error', async () => {
  const more = { 'Financial Status': 'paid', 'Refunded Amount': '11.00' };
  const found = await read({ Total: '10.00', ...more, ...line('1', '10.00') });
  assert.equal(findingsOf(found), [
    'error 2 Refunded Amount 11.00: at most 10.00, the paid amount that is not refunded yet',
  ]);
});

test('amounts with currency signs, separators and brackets', async () => {
  const order = await only({
    Currency: 'USD',
    Total: '$1,229.50',
    'Discount Amount': '(5.00)',
    ...line('1', '$1,234.50'),
  });
  assert.is(order.total, 122_950);
});

test('an order whose rows do not stand together is an error, and says where its others are', async () => {
  const found = await read(
    { Total: '10.00', ...line('1', '10.00') },
    { Name: '#2', Total: '10.00', ...line('1', '10.00') },
    { Name: '#1', Total: '10.00', ...line('1', '10.00') },
  );
  assert.equal(
    found.map(({ order }) => order !== undefined),
    [true, true, false],
  );
  assert.match(findingsOf(found)[0] ?? '', 'this order has other rows at line 2');
});

test('an order in the future is an error', async () =>
  assert.match(
    findingsOf(await read({ 'Created at': '2027-01-01 00:00:00 +0000', Total: '10.00', ...line('1', '10.00') }))[0] ??
      '',
    'a time in the past',
  ));

test('an unknown currency, an invalid quantity, a missing price', async () => {
  const found = findingsOf(await read({ Currency: 'EURO', Total: '1', ...line('1', '1') }));
  assert.equal(found, ['error 2 Currency EURO: a currency such as EUR']);
  assert.match(findingsOf(await read({ Total: '1', ...line('1.5', '1') }))[0] ?? '', 'a whole number');
  assert.match(findingsOf(await read({ Total: '1', ...line('1', '') }))[0] ?? '', 'the price of this line');
});

test('what is missing is missed in the row and the column of the file', async () => {
  const whole = { Total: '2', ...line('1', '1') };
  assert.match(findingsOf(await read({ ...whole, Currency: '' }))[0] ?? '', 'error 2 Currency : a currency');
  assert.match(findingsOf(await read({ ...whole, 'Created at': '' }))[0] ?? '', 'error 2 Created at : the time');
  assert.match(findingsOf(await read(whole, line('', '1')))[0] ?? '', 'error 3 Lineitem quantity : a whole number');
  assert.match(findingsOf(await read(whole, line('1', '')))[0] ?? '', 'error 3 Lineitem price : the price');
});

test('a row that was cut short is an error, unless only cells are missing that a row may lack', async () => {
  const text = shopifyFile({ Total: '1', ...line('1', '1'), Notes: '' });
  assert.equal(findingsOf(await readText(text.replace(/,1,1,$/, ',1'), shopify)), [
    'error 2 Lineitem price : a row of 7 cells, as the header has; it has 5: the row was cut short',
    'error 2 Lineitem price : the price of this line',
  ]);
  const found = await readText(text.replace(/,$/, ''), shopify);
  assert.is(orderIn(found, '#1').total, 100);
  assert.equal(findingsOf(found), [
    'warning 2 Notes : a row of 7 cells, as the header has; it has 6: the missing ones were read as blank',
  ]);
});

test('a row with more cells than the header is an error, unless they are blank', async () => {
  const text = shopifyFile({ Total: '1', ...line('1', '1') });
  assert.equal(findingsOf(await readText(`${text},,`, shopify)), []);
  const found = await readText(text.replace(/,1,1$/, ',1,1,50'), shopify);
  assert.is(found[0]?.order, undefined);
  assert.match(
    findingsOf(found)[0] ?? '',
    'error 2 Lineitem price 50: a row of 6 cells, as the header has; it has 7: put a text that contains the separator',
  );
});

test('a local time that occurred twice is a warning, as one that was skipped is', async () => {
  const at = (created: string) =>
    readText(shopifyFile({ 'Created at': created, Total: '1', ...line('1', '1') }), shopify, {
      zone: 'America/New_York',
    });
  assert.match(
    findingsOf(await at('2025-11-02 01:30:00'))[0] ?? '',
    /^warning 2 Created at .*: a time that exists once/,
  );
  assert.match(findingsOf(await at('2025-03-09 02:30:00'))[0] ?? '', /^warning 2 Created at .*: a time that exists in/);
  assert.equal(findingsOf(await at('2025-11-02 02:30:00')), []);
});

test('within the tolerance what is missing becomes a line of its own', async () => {
  const text = shopifyFile({ Total: '10.50', ...line('1', '10.00') });
  const order = orderIn(await readText(text, shopify, { tolerance: '1' }), '#1');
  assert.is(order.total, 1050);
  assert.equal(
    order.lines.map(({ product_name, unit_price }) => [product_name, unit_price]),
    [
      [null, 1000],
      ['Adjustment', 50],
    ],
  );
});

const woocommerce = profileOf('woocommerce');

test('WooCommerce: bars and colons in names, fees, and tax on shipping', async () => {
  const text = [
    'order_id,order_date,status,order_total,order_currency,shipping_total,shipping_tax_total,tax_total,fee_total,line_item_1',
    '9,2026-01-01 10:00:00,wc-completed,22.50,EUR,5.00,0.95,1.90,4.65,name:A|B: blue|sku:AB|quantity:1|total:10.00|sub_total:10.00',
  ].join('\n');
  const order = orderIn(await readText(text, woocommerce, { zone: 'UTC' }), '9');
  assert.is(order.lines[0]?.product_name, 'A|B: blue');
  assert.equal([order.total, order.shipping_cost, order.lines[0]?.tax], [2250, 595, 190]);
  assert.equal([order.lines[1]?.product_name, order.lines[1]?.unit_price], ['Fee', 465]);
});

test('WooCommerce: a negative fee comes off, beside discounts that the lines have', async () => {
  const text = [
    'order_id,order_date,status,order_total,order_currency,discount_total,fee_total,line_item_1',
    '9,2026-01-01 10:00:00,wc-completed,7.00,EUR,1.00,-2.00,name:A|quantity:1|total:9.00|sub_total:10.00',
  ].join('\n');
  const order = orderIn(await readText(text, woocommerce, { zone: 'UTC' }), '9');
  assert.equal([order.total, order.lines[0]?.discount], [700, 300]);
});

const MAP = `
decimal: ","
currency: EUR
money: line
columns: { order_number: no, created_at: at, items.quantity: qty, items.amount: sum }
`;

test('own map: a row of the same order that is negative gives money back', async () => {
  const map = ownMap(
    'm.yaml',
    `${MAP}\nstatus_map: { yes: paid }`.replace('created_at: at,', 'created_at: at, status: st,'),
    'm',
  );
  const text = 'no;at;qty;sum;st\n1;2026-01-01T00:00:00Z;2;10,00;yes\n1;2026-01-03T00:00:00Z;-1;-5,00;yes\n';
  const order = orderIn(await readText(text, map), '1');
  assert.equal([order.total, order.captured], [1000, 1000]);
  assert.equal(order.refunds, [{ amount: 500, at: '2026-01-03T00:00:00.000Z' }]);
});

test('own map: a negative row that belongs to no order is an error', async () => {
  const text = 'no;at;qty;sum\n1;2026-01-03T00:00:00Z;-1;-5,00\n';
  assert.match(findingsOf(await readText(text, ownMap('m.yaml', MAP, 'm')))[0] ?? '', 'refund_of names that order');
});

test('a map that is wrong names what is wrong', () => {
  const says = (text: string, expected: string | RegExp): void => {
    try {
      ownMap('m.yaml', text, 'm');
    } catch (error) {
      assert.ok(error instanceof UnreadableFile);
      assert.match(error.message, expected);
      return;
    }
    assert.unreachable(text);
  };
  says('columns: [', /m\.yaml: line \d+, column \d+: it is not YAML/);
  says(`${MAP}colour: red`, 'colour: there is no such setting; expected one of source, encoding, delimiter, ');
  says(
    MAP.replace('items.amount', 'items.unit_price'),
    'columns.items.unit_price: there is no such setting; expected one of order_number, created_at, ',
  );
  says(MAP.replace('line', 'banana'), 'money: expected unit or line');
  says(`${MAP}skip_lines: many`, 'skip_lines: expected a whole number from 0 to 1000');
  says(`${MAP}status_map: { yes: maybe }`, 'status_map.yes: expected pending, confirmed, paid, ');
  says(`${MAP}refund_of: { previous: true }`, 'refund_of.column: expected the name of a column');
  says('money: line', 'columns: expected what orders have, each with the column of the file that has it');
  says('just words', 'it: expected settings, such as columns');
  says('columns: { order_number: no }', 'created_at is needed');
  says('columns: { order_numbr: no }', 'columns.order_numbr: there is no such setting');
  says(MAP.replace('EUR', 'EURO'), 'currency: expected');
  says(`${MAP}date_format: "HH:mm"`, 'date_format: expected');
  says(`${MAP}encoding: klingon`, 'encoding: klingon is not known');
});

/** The words in backticks in one cell of each row of a table of the page. */
const documented = (page: string, head: string, cell: number): readonly string[] => {
  const [table = ''] = page.slice(page.indexOf(head)).split('\n\n');
  const cells = table
    .split('\n')
    .slice(2)
    .flatMap((row) => row.split(/(?<!\\)\|/)[cell] ?? []);
  return cells.flatMap((text) => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
};

test('operations.md lists every setting of a map, and no other', async () => {
  const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  assert.equal(documented(page, '| setting | value | if it is left out |', 1).toSorted(), MAP_SETTINGS.toSorted());
  const listed = documented(page, '| in `columns` | meaning |', 1);
  for (const field of MAP_FIELDS) {
    const [, part] = /_address\.(.*)/.exec(field) ?? [];
    assert.ok(part === undefined || page.includes(`\`${part}\``), field);
  }
  assert.equal(
    listed.toSorted(),
    [...new Set(MAP_FIELDS.map((field) => field.replace(/_address\..*/, '_address.*')))].toSorted(),
  );
});

test.run();
