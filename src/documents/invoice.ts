import { formatCurrency } from './amount.ts';
import type { InvoiceData } from './document-data.ts';
import { writeHeading } from './heading.ts';
import type { Fact } from './heading.ts';
import { finish, openSheet } from './layout.ts';
import { writeLineTable } from './line-table.ts';
import { writeTotals } from './totals.ts';
import type { Sum } from './totals.ts';
import { formatDay, formatWord } from './wording.ts';

const factsOf = (data: InvoiceData): Fact[] => [
  ['Issue date', formatDay(data.issued_at, data.time_zone)],
  ['Order number', data.order_number],
  ['Order date', formatDay(data.ordered_at, data.time_zone)],
  ['Shipped date', formatDay(data.shipped_at, data.time_zone)],
  ['Currency', formatCurrency(data.currency)],
  ['Payment method', formatWord(data.payment_method)],
];

const sumsOf = (data: InvoiceData): Sum[] => {
  const always: Sum[] = [
    ['Subtotal', data.subtotal],
    ['Discount', 0 - data.discount_total],
    ['Tax', data.tax],
    ['Shipping', data.shipping_cost],
  ];
  const sometimes: Sum[] = [
    ['Shipping reduction', 0 - data.shipping_reduction],
    ['Goodwill', 0 - data.goodwill],
    ['Credited before', 0 - data.credited_before],
  ];
  return [...always, ...sometimes.filter(([, amount]) => amount !== 0)];
};

/** The PDF of an invoice. The same data always gives the same bytes. */
export const renderInvoice = (data: InvoiceData): Promise<Uint8Array> => {
  const sheet = openSheet();
  writeHeading(sheet, 'INVOICE', data, factsOf(data));
  writeLineTable(sheet, data.lines, data.currency);
  writeTotals(sheet, { sums: sumsOf(data), total: ['Total', data.total] }, data.currency);
  return finish(sheet, { title: `Invoice ${data.number}`, author: data.seller.name, at: new Date(data.issued_at) });
};
