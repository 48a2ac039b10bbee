import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderCreditMemo } from '../../src/documents/credit-memo.ts';
import { renderInvoice } from '../../src/documents/invoice.ts';
import { seed } from '../support/random.ts';
import { readText } from './pdf-text.ts';
import { creditMemo, invoice, line } from './samples.ts';

const test = suite('documents from any input');

const runs = { seed, numRuns: Number(process.env['RUNS'] ?? 60) };

const scripts = [
  'क्षि',
  'र्',
  '्',
  '\u200d',
  'ि',
  '़',
  '\u0301',
  'é',
  'שלום',
  'مرحبا',
  '👩‍🚀',
  '\ud800',
  '\u0000',
  '\n',
  '\u202e',
  '□',
  'Ω',
  'Ж',
  '\ufe0f',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 255 }),
  fc.string({ unit: 'grapheme', maxLength: 255 }),
  fc.array(fc.constantFrom(...scripts), { maxLength: 255 }).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('W', 'क्', '\u0301', '👍', 'ि'), fc.nat(2000)).map(([part, count]) => part.repeat(count)),
);
const address = fc.oneof(
  fc.constant(null),
  text,
  fc.dictionary(
    fc.oneof(fc.constantFrom('street', 'city', 'zip', 'country', 'recipient_name'), fc.string()),
    fc.oneof(text, fc.jsonValue()),
  ),
);
const party = fc.record({ name: fc.option(text), email: fc.option(text), address });
const amount = fc.integer({ min: 0, max: 10 ** 15 });
const lines = fc.array(
  fc.record({
    product_id: text,
    product_name: fc.option(text),
    product_sku: fc.option(text),
    quantity: fc.integer({ min: 1, max: 1_000_000 }),
    unit_price: amount,
    discount: amount,
    tax: amount,
    total: amount,
    reduction: amount,
  }),
  { minLength: 1, maxLength: 6 },
);
const changes = fc.record({
  bill_to: party,
  ship_to: party,
  seller: fc.record({ name: text, address: fc.option(text), tax_id: fc.option(text) }),
  lines,
  currency: fc.constantFrom('JPY', 'USD', 'KWD', 'INR'),
  total: amount,
});

test(`nothing a customer can type fails an invoice (SEED=${seed})`, () =>
  fc.assert(
    fc.asyncProperty(changes, async (change) => {
      assert.match(await readText(await renderInvoice(invoice(change))), /INVOICE/);
    }),
    runs,
  ));

test(`no input fails a credit memo (SEED=${seed})`, () =>
  fc.assert(
    fc.asyncProperty(changes, text, async (change, words) => {
      const settled_return = {
        number: words,
        received_at: null,
        processed_at: '2026-08-10T09:00:00.000Z',
        reasons: [words],
      };
      const memo = creditMemo({ ...change, settled_return, invoice_number: words });
      assert.match(await readText(await renderCreditMemo(memo)), /CREDIT MEMO/);
    }),
    runs,
  ));

test('a line break or tab in a name prints as a space', async () => {
  const pdf = await renderInvoice(invoice({ lines: [line({ product_name: 'Blue\tmug\nlarge\u202fone' })] }));
  assert.match(await readText(pdf), /Blue mug large one/);
});

test('a name of invisible characters does not hide the product', async () => {
  const pdf = await renderInvoice(
    invoice({ lines: [line({ product_name: '\u200b\u2060\ufeff', product_sku: '\u200b' })] }),
  );
  assert.match(await readText(pdf), /Total\np-1 2 450\.00/);
});

test('a very long word is cut with an ellipsis rather than running over the figures', async () => {
  const pdf = await renderInvoice(invoice({ lines: [line({ product_name: 'W'.repeat(5000) })] }));
  const text = await readText(pdf);
  assert.match(text, /W…\n/);
  assert.match(text, /2 450\.00 50\.00 85\.00 935\.00/);
});

test.run();
