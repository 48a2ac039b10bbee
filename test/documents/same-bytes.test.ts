import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderCreditMemo } from '../../src/documents/credit-memo.ts';
import { renderInvoice } from '../../src/documents/invoice.ts';
import { readMetadata } from './pdf-text.ts';
import { creditMemo, invoice, line } from './samples.ts';

const test = suite('documents rendered again');

const many = () =>
  invoice({
    lines: ['श्रीमती द्विवेदी', 'Κούπα', 'Кружка', 'Åse ñ̈', '茶 ★'].map((product_name) => line({ product_name })),
  });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('the same data gives the same bytes', async () => {
  assert.is(sha256(await renderInvoice(many())), sha256(await renderInvoice(many())));
  assert.is(sha256(await renderCreditMemo(creditMemo())), sha256(await renderCreditMemo(creditMemo())));
});

test('other documents made before or meanwhile change nothing', async () => {
  const alone = sha256(await renderInvoice(many()));
  const [first, , second] = await Promise.all([renderInvoice(many()), renderInvoice(invoice()), renderInvoice(many())]);
  assert.equal([sha256(first), sha256(second)], [alone, alone]);
});

test('another process in another time zone gives the same bytes', async () => {
  const script = `
    import { createHash } from 'node:crypto';
    import { renderInvoice } from '${new URL('../../src/documents/invoice.ts', import.meta.url).href}';
    const bytes = await renderInvoice(JSON.parse(process.argv[1]));
    process.stdout.write(createHash('sha256').update(bytes).digest('hex'));
  `;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script, JSON.stringify(many())];
  const env = { ...process.env, TZ: 'Pacific/Kiritimati', LANG: 'de_DE.UTF-8' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  assert.is(stdout, sha256(await renderInvoice(many())));
});

test('the dates inside the file are the event’s', async () => {
  const { info } = await readMetadata(await renderInvoice(invoice()));
  const expected = {
    CreationDate: 'D:20260803201530Z',
    ModDate: 'D:20260803201530Z',
    Title: 'Invoice INV-2026-000042',
  };
  for (const [name, value] of Object.entries(expected)) assert.is(info[name], value);
});

test('the id inside the file is that of the number and the event’s time', async () => {
  const { id } = await readMetadata(await renderInvoice(invoice()));
  const later = await readMetadata(await renderInvoice(invoice({ issued_at: '2026-08-03T20:15:31.123Z' })));
  assert.ok(id);
  assert.is(id, (await readMetadata(await renderInvoice(invoice({ total: 1 })))).id);
  assert.is.not(id, later.id);
});

test.run();
