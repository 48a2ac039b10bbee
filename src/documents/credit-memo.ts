import { formatCurrency } from './amount.ts';
import type { CreditMemoData } from './document-data.ts';
import { writeHeading } from './heading.ts';
import type { Fact } from './heading.ts';
import { finish, openSheet } from './layout.ts';
import { writeLineTable } from './line-table.ts';
import { writeTotals } from './totals.ts';
import type { Sum } from './totals.ts';
import { NONE, formatDay, formatWord } from './wording.ts';

const factsOf = (data: CreditMemoData): Fact[] => [
  ['Issue date', formatDay(data.issued_at, data.time_zone)],
  ['Original invoice', data.invoice_number ?? NONE],
  ['Order number', data.order_number],
  ['Order date', formatDay(data.ordered_at, data.time_zone)],
  ['Return number', data.return_number],
  ['Return date', formatDay(data.returned_at, data.time_zone)],
  ['Processed date', formatDay(data.processed_at, data.time_zone)],
  ['Return reason', formatWord(data.return_reason)],
  ['Refund method', formatWord(data.refund_method)],
  ['Currency', formatCurrency(data.currency)],
];

const sumsOf = (data: CreditMemoData): Sum[] => {
  const always: Sum[] = [
    ['Subtotal', data.subtotal],
    ['Discount', 0 - data.discount_total],
    ['Tax', data.tax],
    ['Shipping', data.shipping_cost],
  ];
  const sometimes: Sum[] = [
    ['Restocking fee', 0 - data.restocking_fee],
    ['Adjustment after review', data.adjustment],
  ];
  return [...always, ...sometimes.filter(([, amount]) => amount !== 0)];
};

/** The PDF that says what goes back for a processed return. The same data always gives the same bytes. */
export const renderCreditMemo = (data: CreditMemoData): Promise<Uint8Array> => {
  const sheet = openSheet();
  writeHeading(sheet, 'CREDIT MEMO', data, factsOf(data));
  writeLineTable(sheet, data.lines, data.currency);
  writeTotals(sheet, sumsOf(data), ['Total refund', data.total], data.currency);
  return finish(sheet, { title: `Credit memo ${data.number}`, author: data.seller.name, at: new Date(data.issued_at) });
};
