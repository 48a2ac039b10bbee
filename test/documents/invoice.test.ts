import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderInvoice } from '../../src/documents/invoice.ts';
import { readPages, readText } from './pdf-text.ts';
import { invoice, line } from './samples.ts';

const test = suite('invoice');

const says = async (change: Parameters<typeof invoice>[0], ...expected: string[]) => {
  const text = await readText(await renderInvoice(invoice(change)));
  for (const words of expected) assert.ok(text.includes(words), `"${words}" is not in:\n${text}`);
};

test('it names seller, customer, items, date and amounts', () =>
  says(
    {},
    'INVOICE\nINV-2026-000042',
    'Issue date\n03 Aug 2026',
    'Order number\nORD-2026-000123',
    'Order date\n31 Jul 2026',
    'Shipped date\n03 Aug 2026',
    'Currency\nINR (₹)',
    'Payment method\nCredit card',
    'Waybill Trading Company\n14 Harbour Road\n400001 Mumbai\nIndia\nTax ID: 27AAACW1234F1Z5',
    'Bill to\nAnna Köhler\nGroße Straße 5\nKöln, NRW 50667\nGermany\nanna@example.com',
    'Ship to\nRavi Kumar\n12 MG Road\nPune, MH 411001\nIndia\n+91 20 5550 1234',
    'Product Qty Unit price Discount Tax Total',
    'Enamel mug, blue\nSKU MUG-BLUE-01\n2 450.00 50.00 85.00 935.00',
    'Subtotal ₹900.00',
    'Discount -₹50.00',
    'Tax ₹85.00',
    'Shipping ₹5.00',
    'Total ₹940.00',
    'Invoice INV-2026-000042 Page 1 of 1',
  ));

test('names and addresses are copied as they were typed, in every script', () =>
  says(
    {
      bill_to: { name: 'श्रीमती आकांक्षा द्विवेदी', email: null, address: 'क्षत्रिय मार्ग १२\nमुंबई' },
      ship_to: { name: 'Γιώργος Παπαδόπουλος', email: null, address: 'ул. Тверская 7\nМосква' },
      lines: [line({ product_name: 'Łódź Ősz Žluťoučký Ðịnh €£¥₹' })],
    },
    'श्रीमती आकांक्षा द्विवेदी\nक्षत्रिय मार्ग १२\nमुंबई',
    'Γιώργος Παπαδόπουλος\nул. Тверская 7\nМосква',
    'Łódź Ősz Žluťoučký Ðịnh €£¥₹',
  ));

test('a character that no font has prints as one box', () =>
  says({ lines: [line({ product_name: 'Tea 茶 👨‍👩‍👧 🇮🇳 pot' })] }, 'Tea □ □ □ pot'));

test('dates fall on the business day, not on the UTC day', () =>
  says({ time_zone: 'Asia/Kolkata' }, 'Issue date\n04 Aug 2026', 'Shipped date\n04 Aug 2026'));

test('amounts have the decimals of their currency', async () => {
  const lines = [line({ unit_price: 1234567, discount: 0, tax: 8, total: 1234575 })];
  await says({ currency: 'JPY', lines, total: 1234575 }, '1,234,567 0 8 1,234,575', 'Total ¥1,234,575', 'JPY (¥)');
  await says({ currency: 'KWD', lines, total: 1234575 }, '1,234.567 0.000 0.008 1,234.575', 'Total KWD 1,234.575');
  await says({ currency: 'EUR', lines, total: 1234575 }, '12,345.67 0.00 0.08 12,345.75', 'Total €12,345.75');
});

test('the largest amounts are printed whole', () => {
  const most = 10 ** 15;
  const lines = [line({ quantity: 1_000_000, unit_price: most, discount: most, tax: most, total: most })];
  const amount = '1,000,000,000,000.000';
  return says(
    { currency: 'KWD', lines, total: most },
    `1,000,000 ${amount} ${amount} ${amount} ${amount}`,
    `KWD ${amount}`,
  );
});

test('a value that was never given or was erased prints as a dash', async () => {
  const unknown = { name: null, email: null, address: null };
  const bare = line({ product_name: null, product_sku: null });
  await says(
    { bill_to: unknown, ship_to: unknown, shipped_at: null, payment_method: null, lines: [bare] },
    'Bill to\n–\nShip to\n–\n',
    'Shipped date\n–',
    'Total\np-1 2 450.00 50.00',
  );
});

test('long names and addresses leave the table and the sums their place', async () => {
  const long = {
    name: 'Ngô Thị '.repeat(31),
    email: null,
    address: Array(40).fill('a long way '.repeat(60)).join('\n'),
  };
  const seller = { name: 'S '.repeat(400), address: 'street\n'.repeat(60), tax_id: 'T1' };
  const pages = await readPages(await renderInvoice(invoice({ bill_to: long, ship_to: long, seller })));
  assert.ok(pages[0]?.includes(long.name.trim().slice(-16)), 'a name of 248 characters is whole');
  assert.ok(pages.join('').includes('Total ₹940.00'));
  assert.ok(pages.length <= 2);
});

test('500 lines flow over pages, each with the header row and its number', async () => {
  const lines = Array.from({ length: 500 }, (_, i) =>
    line({ product_name: `Article ${i + 1} of many`, quantity: i + 1 }),
  );
  const pages = await readPages(await renderInvoice(invoice({ lines })));
  assert.ok(pages.length > 10);
  pages.forEach((page, i) => {
    assert.ok(page.includes(`Page ${i + 1} of ${pages.length}`));
    assert.ok(page.includes('Product Qty Unit price Discount Tax Total'), `page ${i + 1} has no header row`);
  });
  const printed = pages.join('\n').match(/Article \d+ of many/g);
  assert.equal(
    printed,
    lines.map(({ product_name }) => product_name),
  );
});

test('the sums stay together when the table ends at the foot of a page', async () => {
  for (let count = 8; count <= 18; count += 1) {
    const pages = await readPages(await renderInvoice(invoice({ lines: Array.from({ length: count }, () => line()) })));
    assert.is(pages.filter((page) => page.includes('Subtotal ₹900.00') && page.includes('Total ₹940.00')).length, 1);
  }
});

test('a page of eight lines in four scripts is at most 25 kB', async () => {
  const names = ['Mug', 'Großer Löffel', 'पुस्तक', 'Κούπα', 'Кружка', 'Žluťoučký kůň', 'द्विवेदी', 'Tea 茶'];
  const lines = names.map((product_name) => line({ product_name }));
  const pdf = await renderInvoice(invoice({ lines }));
  assert.ok(pdf.length <= 25_000, `${pdf.length} bytes`);
});

test.run();
