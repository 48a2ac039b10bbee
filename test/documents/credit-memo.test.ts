import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderCreditMemo } from '../../src/documents/credit-memo.ts';
import { readText } from './pdf-text.ts';
import { creditMemo } from './samples.ts';

const test = suite('credit memo');

const textOf = async (change: Parameters<typeof creditMemo>[0] = {}) =>
  readText(await renderCreditMemo(creditMemo(change)));

test('it names the invoice and the return it corrects, and why', async () => {
  const text = await textOf();
  const expected = [
    'CREDIT MEMO\nCRM-2026-000007',
    'Original invoice\nINV-2026-000042',
    'Order number\nORD-2026-000123',
    'Return number\nRET-2026-000045',
    'Return date\n03 Aug 2026',
    'Processed date\n10 Aug 2026',
    'Return reason\nNot as described',
    'Refund method\nStore credit',
  ];
  for (const words of expected) assert.ok(text.includes(words), `"${words}" is not in:\n${text}`);
});

test('it accounts for every part of the refund', async () => {
  const text = await textOf();
  const sums =
    'Subtotal ₹900.00\nDiscount -₹50.00\nTax ₹85.00\nShipping ₹5.00\nAdjustment after review -₹7.77\nRestocking fee -₹12.50\n';
  assert.ok(text.includes(`${sums}Total credited ₹919.73\nGiven as store credit ₹919.73`), text);
});

test('a fee and an adjustment that were not made are not mentioned', async () => {
  const text = await textOf({ restocking_fee: 0, adjustment: 0 });
  assert.not.match(text, /Restocking|Adjustment/);
});

test('an order that never had an invoice is said to have none', async () => {
  assert.match(await textOf({ invoice_number: null }), /Original invoice\n–\n/);
});

test.run();
