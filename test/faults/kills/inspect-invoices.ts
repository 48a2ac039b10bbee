import * as assert from 'uvu/assert';
import { createHash } from 'node:crypto';
import type { invoiceBody } from '../../../src/http/invoices/body.ts';
import type { Ask } from './ask.ts';
import { readAllPages } from './inspect-orders.ts';
import type { Acknowledged } from './shoppers.ts';

export type InvoiceJson = ReturnType<typeof invoiceBody>;

/** The year's invoices are numbered from 1 without a gap. */
const numbersAreWhole = (numbers: readonly string[]): void => {
  const last = new Map<string, number>();
  for (const number of numbers.toSorted()) {
    const [, series = '', n = ''] = /^(.*-\d{4})-(\d+)$/.exec(number) ?? [];
    assert.is(Number(n), (last.get(series) ?? 0) + 1, `${number} follows the one before`);
    last.set(series, Number(n));
  }
};

/** Each shipped order has exactly one invoice, numbers have no gap, and each download equals the recorded bytes. */
export const inspectInvoices = async (ask: Ask, orders: readonly Acknowledged[]): Promise<number> => {
  const { rows } = await readAllPages<InvoiceJson>(ask, '/api/v1/invoices?type=order&limit=100');
  const shipped = orders.filter(({ isShipped }) => isShipped);
  assert.equal(
    rows.map(({ order_id }) => order_id).toSorted(),
    shipped.map(({ id }) => id).toSorted(),
    'one invoice for each shipped order',
  );
  numbersAreWhole(rows.map(({ invoice_number }) => invoice_number ?? 'none'));
  for (const row of rows) {
    const { status, bytes } = await ask({ path: `/api/v1/invoices/${row.id}/download` });
    assert.is(status, 200, `${row.invoice_number} can be downloaded`);
    assert.is(createHash('sha256').update(bytes).digest('hex'), row.sha256, `${row.invoice_number} has its bytes`);
    const { body } = await ask<InvoiceJson>({ path: `/api/v1/invoices/${row.id}` });
    assert.equal(body, row, 'the row of the list is the fold of the stream');
  }
  return rows.length;
};
