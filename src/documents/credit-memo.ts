import type { CreditKind, RefundMethod } from '../domain/order/index.ts';
import { formatCurrency } from './amount.ts';
import type { CreditMemoData } from './document-data.ts';
import { writeHeading } from './heading.ts';
import type { Fact } from './heading.ts';
import { finish, openSheet } from './layout.ts';
import { writeLineTable } from './line-table.ts';
import { writeTotals } from './totals.ts';
import type { Sum } from './totals.ts';
import { NONE, formatDay, formatWord } from './wording.ts';

const CREDITED_FOR: Readonly<Record<CreditKind, string>> = {
  return: 'Return',
  line: 'Price reduction',
  shipping: 'Shipping',
  goodwill: 'Goodwill',
  cancellation: 'Cancellation',
};

const PAID_OUT: Readonly<Record<RefundMethod, string>> = {
  original_payment: 'Paid out by original payment',
  store_credit: 'Given as store credit',
  bank_transfer: 'Paid out by bank transfer',
  cash: 'Paid out in cash',
};

const causeOf = (data: CreditMemoData): Fact[] => {
  const { settled_return: one, time_zone } = data;
  return one === null
    ? [
        ['Credit date', formatDay(data.credited_at, time_zone)],
        ['Credit for', CREDITED_FOR[data.kind]],
        ['Reason', formatWord(data.reason_category)],
      ]
    : [
        ['Return number', one.number],
        ['Return date', formatDay(one.received_at, time_zone)],
        ['Processed date', formatDay(one.processed_at, time_zone)],
        ['Return reason', one.reasons.map(formatWord).join(', ')],
      ];
};

const factsOf = (data: CreditMemoData): Fact[] => [
  ['Issue date', formatDay(data.issued_at, data.time_zone)],
  ['Original invoice', data.invoice_number ?? NONE],
  ['Order number', data.order_number],
  ['Order date', formatDay(data.ordered_at, data.time_zone)],
  ...causeOf(data),
  ['Refund method', data.paid_out.map(({ method }) => formatWord(method)).join(', ') || NONE],
  ['Currency', formatCurrency(data.currency)],
];

const isSomething = ([, amount]: Sum): boolean => amount !== 0;

const sumsOf = (data: CreditMemoData): Sum[] => {
  const always: Sum[] = [
    ['Subtotal', data.subtotal],
    ['Discount', 0 - data.discount_total],
    ['Tax', data.tax],
    ['Shipping', data.shipping_cost],
  ];
  const sometimes: Sum[] = [
    ['Goodwill', data.goodwill],
    ['Adjustment after review', data.adjustment],
    ['Restocking fee', 0 - data.restocking_fee],
    ['Credited before', data.credited_before],
    ['Deducted from the next invoice', data.deducted_later],
  ];
  return [...(data.lines.length > 0 ? always : always.filter(isSomething)), ...sometimes.filter(isSomething)];
};

/** How the credit is used: it lowers the amount due, or it is refunded. */
const settlementOf = (data: CreditMemoData): Sum[] => {
  const setOff: Sum = ['Set off against what was due', data.set_off];
  return [setOff, ...data.paid_out.map(({ method, amount }): Sum => [PAID_OUT[method], amount])].filter(isSomething);
};

/**
 * The PDF of a credit memo: the credited part of an invoice, and how it is used. The same data always gives the same
 * bytes.
 */
export const renderCreditMemo = (data: CreditMemoData): Promise<Uint8Array> => {
  const sheet = openSheet();
  writeHeading(sheet, 'CREDIT MEMO', data, factsOf(data));
  if (data.lines.length > 0) writeLineTable(sheet, data.lines, data.currency);
  const total: Sum = ['Total credited', data.total];
  writeTotals(sheet, { sums: sumsOf(data), total, settlement: settlementOf(data) }, data.currency);
  return finish(sheet, { title: `Credit memo ${data.number}`, author: data.seller.name, at: new Date(data.issued_at) });
};
